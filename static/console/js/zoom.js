// Drag over columns, click one or press Enter on it: the form of a custom range is sent with these ends.
let from = null, moved = false;
const columns = box => [...box.querySelectorAll(".plot > g")];
const columnAt = (box, x) => {
  const all = columns(box), { left, width } = box.querySelector(".plot").getBoundingClientRect();
  return Math.max(0, Math.min(all.length - 1, Math.floor((x - left) / width * all.length)));
};
const zone = (box, first = 0, count = 0) => {
  const part = 100 / columns(box).length, mark = box.querySelector(".zone");
  mark.setAttribute("x", `${first * part}%`);
  mark.setAttribute("width", count ? `${count * part}%` : 0);
};
const stop = box => { from = null; zone(box); };
const zoom = (box, first, last) => {
  const form = document.getElementById(box.dataset.zooms), all = columns(box);
  form.elements.from.value = all[first].dataset.at;
  form.elements.to.value = all[last + 1]?.dataset.at ?? box.dataset.end;
  form.requestSubmit();
};
const chartOf = event => event.target.closest?.("#chart[data-zooms]");
document.addEventListener("pointerdown", event => {
  const box = chartOf(event);
  if (!box || event.button || !event.target.closest(".plot") || !columns(box).length) return;
  from = columnAt(box, event.clientX);
  moved = false;
});
document.addEventListener("pointermove", event => {
  const box = document.getElementById("chart");
  if (from === null || !box) return;
  const at = columnAt(box, event.clientX);
  moved ||= at !== from;
  if (moved) zone(box, Math.min(from, at), Math.abs(at - from) + 1);
});
document.addEventListener("pointerup", event => {
  const box = document.getElementById("chart"), start = from;
  if (start === null || !box) return;
  stop(box);
  const at = columnAt(box, event.clientX);
  // A finger that does not move reads a column; a mouse has read it already.
  if (moved || event.pointerType === "mouse" && chartOf(event)) zoom(box, Math.min(start, at), Math.max(start, at));
});
document.addEventListener("pointercancel", () => { const box = document.getElementById("chart"); if (box?.dataset.zooms) stop(box); });
document.addEventListener("keydown", event => {
  const box = document.getElementById("chart");
  if (!box?.dataset.zooms) return;
  if (event.key === "Escape" && from !== null) stop(box);
  const at = columns(box).findIndex(column => column.matches(".on"));
  if (event.key === "Enter" && event.target === box && at >= 0) zoom(box, at, at);
});
