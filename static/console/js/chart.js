// Tooltip and arrow keys. Delegated from the document, so that swaps need no new start.
const chart = () => document.getElementById("chart");
const row = (series, label, value) => {
  const line = document.createElement("div"), amount = document.createElement("b");
  if (series) {
    const swatch = document.createElement("span");
    swatch.className = `swatch s${series}`;
    line.append(swatch);
  }
  amount.textContent = value;
  line.append(label, amount);
  return line;
};
const hide = () => {
  const figure = chart()?.closest("figure");
  if (!figure) return;
  figure.querySelector("g.on")?.classList.remove("on");
  figure.querySelector(".tip").hidden = true;
  const readout = figure.querySelector("output");
  readout.value = readout.dataset.total;
};
const show = (column, aloud) => {
  const box = chart(), figure = box.closest("figure"), tip = box.querySelector(".tip");
  hide();
  column.classList.add("on");
  const parts = [...column.querySelectorAll("[data-v]")].map(part => {
    const name = figure.querySelector(`[data-name][data-s="${part.dataset.s}"]`)?.dataset.name ?? "";
    return [part.dataset.s, name, part.dataset.v];
  });
  tip.replaceChildren(row("", column.dataset.l, column.dataset.t), ...parts.toReversed().map(part => row(...part)));
  tip.hidden = false;
  const frame = box.getBoundingClientRect(), bar = column.firstElementChild.getBoundingClientRect(), width = tip.offsetWidth;
  const after = bar.right - frame.left + 8, before = bar.left - frame.left - width - 8;
  tip.style.transform = `translateX(${Math.max(0, after + width > frame.width ? before : after)}px)`;
  figure.querySelector("output").value = `${column.dataset.l}: ${column.dataset.t}`;
  if (aloud) figure.querySelector(".aloud").textContent = `${column.dataset.l}, ${column.dataset.t}. ${parts.map(part => part.slice(1).join(" ")).join(", ")}`;
};
const columnOf = element => element?.closest?.("#chart .plot > g");
document.addEventListener("pointerover", event => { const column = columnOf(event.target); if (column) show(column); });
document.addEventListener("pointerout", event => { if (columnOf(event.target) && !event.relatedTarget?.closest?.("#chart")) hide(); });
document.addEventListener("focusout", event => { if (event.target.id === "chart") hide(); });
document.addEventListener("keydown", event => {
  const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
  if (event.target.id !== "chart") return;
  if (event.key === "Escape") hide();
  if (!step) return;
  event.preventDefault();
  const columns = [...chart().querySelectorAll(".plot > g")], at = columns.findIndex(column => column.matches(".on"));
  const next = Math.max(0, Math.min(columns.length - 1, (at < 0 && step < 0 ? columns.length : at) + step));
  if (columns.length) show(columns[next], true);
});
