// One box ticks all others of a name.
for (const all of document.querySelectorAll("[data-ticks]")) {
  const boxes = () => document.querySelectorAll(`input[name="${all.dataset.ticks}"]`);
  all.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; });
  document.addEventListener("change", event => {
    if (event.target.name === all.dataset.ticks) all.checked = [...boxes()].every(box => box.checked);
  });
}
