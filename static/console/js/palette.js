const palette = document.getElementById("palette");
const options = () => [...palette.querySelectorAll("[role=option]")];
const select = (input, option) => {
  for (const other of options()) other.ariaSelected = String(other === option);
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
};
if (palette) {
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) for (const key of document.querySelectorAll(".search kbd")) key.textContent = "Ctrl K";
  document.addEventListener("keydown", event => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (((event.metaKey || event.ctrlKey) && event.key === "k") || (event.key === "/" && !typing)) {
      event.preventDefault();
      if (!palette.open) palette.showModal();
    }
  });
  palette.addEventListener("keydown", event => {
    const list = options(), at = list.findIndex(option => option.ariaSelected === "true");
    if (!list.length || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key) || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    if (event.key === "Enter") list[Math.max(at, 0)].click();
    else select(event.target, list.at((at + (event.key === "ArrowDown" ? 1 : -1)) % list.length));
  });
}
