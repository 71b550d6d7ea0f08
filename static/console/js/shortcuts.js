// Keys of every page. Those that are a character alone rest while somebody types, in dialogs, and where they are off.
const WAIT = 1500; // ms between "g" and its letter
let goingSince = -WAIT;
const show = id => document.getElementById(id)?.showModal();
const filter = () => document.querySelector("main [role=search] input:not([type=hidden])") ?? document.querySelector("main .filters :is(select, input:not([type=hidden]))");
const single = {
  "?": () => show("shortcuts"),
  "/": () => filter() ? filter().focus() : show("palette"),
  g: event => { goingSince = event.timeStamp; },
};
// In a dialog that was closed just now the field still has the focus, for a frame.
const types = target => target.closest("input, textarea, select, [contenteditable]") && !target.closest("dialog:not([open])");
if (!/Mac|iPhone|iPad/.test(navigator.platform)) for (const key of document.querySelectorAll("kbd[data-elsewhere]")) key.textContent = key.dataset.elsewhere;
document.addEventListener("keydown", event => {
  const { key, target, timeStamp } = event, palette = document.getElementById("palette");
  if (event.altKey || event.isComposing) return;
  if (event.metaKey || event.ctrlKey) {
    if (key !== "k" || !palette) return;
    event.preventDefault();
    return palette.open ? palette.close() : palette.showModal();
  }
  if (document.documentElement.dataset.shortcuts === "off" || document.querySelector("dialog[open]") || types(target)) return;
  const link = timeStamp - goingSince < WAIT && document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  goingSince = -WAIT;
  if (!link && !single[key]) return;
  event.preventDefault();
  link ? link.click() : single[key](event);
});
