// What htmx could not load keeps the old data and offers another try.
const say = event => {
  const toasts = document.querySelector(".toasts");
  if (!toasts || event.detail.elt.matches("[data-quiet]")) return;
  const toast = document.createElement("div"), again = document.createElement("button");
  toast.className = "toast";
  again.className = "link-btn";
  again.textContent = toasts.dataset.again;
  again.addEventListener("click", () => location.reload());
  toast.append(toasts.dataset.failed, again);
  toasts.replaceChildren(toast);
};
document.addEventListener("htmx:responseError", say);
document.addEventListener("htmx:sendError", say);
document.addEventListener("htmx:afterOnLoad", () => document.querySelector(".toast")?.remove());
