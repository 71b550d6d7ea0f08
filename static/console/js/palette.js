// The focus stays in the field; the keys move what is chosen in the list below it.
const field = document.querySelector("#palette [role=combobox]");
if (field) {
  const list = document.getElementById(field.getAttribute("aria-controls"));
  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  const choose = option => {
    for (const other of options()) other.ariaSelected = String(other === option);
    field.ariaExpanded = String(Boolean(option));
    field.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const steps = { ArrowDown: at => at + 1, ArrowUp: at => at - 1, Home: () => 0, End: () => -1 };
  // Results may be of what was typed before: Enter waits for those of what stands there now.
  let answered, isHurried;
  const open = () => {
    isHurried = field.value !== answered;
    if (!isHurried) chosen()?.click();
  };
  field.addEventListener("focus", () => field.select());
  field.addEventListener("input", () => { isHurried = false; });
  field.addEventListener("keydown", event => {
    const step = steps[event.key], all = options();
    if (event.isComposing || event.shiftKey || !(step || event.key === "Enter")) return;
    event.preventDefault();
    if (!step) open();
    else if (all.length) choose(all.at(step(all.indexOf(chosen())) % all.length));
  });
  list.addEventListener("htmx:afterSwap", event => {
    answered = event.detail.requestConfig.parameters.q;
    choose(options()[0]);
    if (isHurried) open();
  });
}
