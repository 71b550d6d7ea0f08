// "Done" waits for "I have stored it". Without script it is a plain link.
const stored = document.getElementById("stored"), done = document.getElementById("done");
if (stored && done) {
  const wait = () => done.setAttribute("aria-disabled", !stored.checked);
  stored.addEventListener("change", wait);
  done.addEventListener("click", event => {
    if (stored.checked) return;
    event.preventDefault();
    stored.focus();
  });
  wait();
}
