// Asks for newer figures every five seconds, but never while someone is reading a column, choosing or selecting.
const live = () => document.getElementById("live");
const busy = part => document.hidden || part.querySelector(".tip:not([hidden]), .zone[width$='%'], :focus-visible") || !getSelection().isCollapsed;
let unfolded = false, scrolled = 0;
setInterval(() => {
  const part = live();
  if (part && !busy(part)) document.getElementById("poll")?.dispatchEvent(new Event("refresh"));
}, 5000);
document.addEventListener("htmx:beforeSwap", event => {
  const part = live();
  if (event.detail.target !== part) return;
  unfolded = part.querySelector(".twin")?.open ?? false;
  scrolled = part.querySelector("#rows")?.scrollLeft ?? 0;
  if (busy(part)) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterSettle", event => {
  const part = live();
  if (event.detail.target?.id !== "live" || !part) return;
  const twin = part.querySelector(".twin"), table = part.querySelector("#rows");
  if (twin) twin.open = unfolded;
  if (table) table.scrollLeft = scrolled;
});
const ago = seconds => {
  const [size, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]].find(([size]) => seconds >= size) ?? [1, "second"];
  return new Intl.RelativeTimeFormat(document.documentElement.lang).format(-Math.floor(seconds / size), unit);
};
setInterval(() => {
  const time = document.getElementById("updated"), part = live();
  if (!time || !part?.dataset.updated || document.hidden) return;
  time.dateTime = part.dataset.updated;
  const seconds = (Date.now() - new Date(time.dateTime)) / 1000;
  time.textContent = seconds < 5 ? time.dataset.now : ago(seconds);
}, 1000);
