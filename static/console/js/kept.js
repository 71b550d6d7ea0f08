// What this browser keeps: a choice counts at once and is saved by the same form that works without this script.
document.addEventListener("change", event => {
  const { name, value, form } = event.target;
  if (name !== "theme" && name !== "shortcuts") return;
  document.documentElement.dataset[name] = value;
  fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
});
