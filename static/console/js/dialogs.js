// Links that have a dialog on this page open it; elsewhere, and without script, they are links.
document.addEventListener("click", event => {
  const link = event.target.closest("a[data-dialog]");
  const dialog = link && document.getElementById(link.dataset.dialog);
  if (dialog && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    link.closest("dialog")?.close();
    dialog.showModal();
  }
});
// For browsers that do not know command and closedby yet.
if (!("command" in HTMLButtonElement.prototype)) document.addEventListener("click", event => {
  const button = event.target.closest("button[commandfor]");
  const dialog = button && document.getElementById(button.getAttribute("commandfor"));
  if (dialog) button.getAttribute("command") === "close" ? dialog.close() : dialog.showModal();
});
if (!("closedBy" in HTMLDialogElement.prototype)) document.addEventListener("click", event => {
  if (event.target.matches("dialog[closedby=any]")) event.target.close();
});
