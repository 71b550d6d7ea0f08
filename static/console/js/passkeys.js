// Passkeys. A form with data-passkey ("get" or "create") asks data-options for what its device needs, and sends the
// device's answer as an ordinary form. With data-autofill, the browser also offers passkeys where the address is typed.
// What went wrong is said in the words of the form's own note: data-unsupported, data-away, and one by an error's name.
const RENEW = 4 * 60 * 1000; // a challenge lasts five minutes
const bytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), letter => letter.charCodeAt(0));
const text = buffer => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = list => list?.map(each => ({ ...each, id: bytes(each.id) }));
// For browsers whose WebAuthn does not speak JSON yet.
const parse = (kind, json) => {
  if (kind === "create") return PublicKeyCredential.parseCreationOptionsFromJSON?.(json) ?? {
    ...json, challenge: bytes(json.challenge), user: { ...json.user, id: bytes(json.user.id) }, excludeCredentials: named(json.excludeCredentials),
  };
  return PublicKeyCredential.parseRequestOptionsFromJSON?.(json) ?? { ...json, challenge: bytes(json.challenge), allowCredentials: named(json.allowCredentials) };
};
const write = credential => {
  if (credential.toJSON) return credential.toJSON();
  const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } = credential.response;
  const answer = attestationObject
    ? { attestationObject: text(attestationObject), transports: credential.response.getTransports?.() ?? [] }
    : { authenticatorData: text(authenticatorData), signature: text(signature), userHandle: text(userHandle) ?? undefined };
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {}, response: { clientDataJSON: text(clientDataJSON), ...answer } };
};
const ask = async form => {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
  if (answer.redirected || answer.status === 403) location.reload(); // which leads to signing in, or to confirming
  if (answer.redirected || !answer.ok) throw new Error("away");
  return parse(form.dataset.passkey, await answer.json());
};
const send = (form, credential) => {
  form.elements.credential.value = JSON.stringify(write(credential));
  form.submit();
};
let waiting;
const say = (form, reason) => {
  const note = form.querySelector("[role=alert]");
  note.lastElementChild.textContent = reason && (note.dataset[reason] ?? note.dataset.away);
  note.hidden = !reason;
};
const cause = error => error.name[0].toLowerCase() + error.name.slice(1);
document.addEventListener("click", async event => {
  const button = event.target.closest("[data-passkey] button[type=button]"), form = button?.form;
  if (!form || form.dataset.busy || !form.reportValidity()) return;
  if (!window.PublicKeyCredential) return say(form, "unsupported");
  form.dataset.busy = "yes";
  button.setAttribute("aria-disabled", "true");
  say(form, "");
  waiting?.abort();
  try {
    const publicKey = await ask(form);
    send(form, await navigator.credentials[form.dataset.passkey]({ publicKey }));
  } catch (error) {
    say(form, cause(error));
  }
  delete form.dataset.busy;
  button.removeAttribute("aria-disabled");
});
const offer = async form => {
  if (!await window.PublicKeyCredential?.isConditionalMediationAvailable?.()) return;
  try {
    const publicKey = await ask(form), current = waiting = new AbortController();
    setTimeout(() => { if (waiting === current && !current.signal.aborted) { current.abort(); offer(form); } }, RENEW);
    send(form, await navigator.credentials.get({ publicKey, mediation: "conditional", signal: current.signal }));
  } catch { /* the button still works, and says what is wrong */ }
};
const form = document.querySelector("form[data-autofill]");
if (form) offer(form);
