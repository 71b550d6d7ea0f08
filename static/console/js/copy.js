// Copies the text of the element named by data-copy, and says so in the button.
document.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]");
  if (!button || button.matches(".copied")) return;
  const source = document.getElementById(button.dataset.copy), label = button.querySelector("span"), was = label.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
  } catch {
    getSelection().selectAllChildren(source);
    return;
  }
  button.classList.add("copied");
  label.textContent = button.dataset.copied ?? was;
  setTimeout(() => { button.classList.remove("copied"); label.textContent = was; }, 1600);
});
