// The playground: one conversation, kept in this page alone. What models write is only ever text.
const at = id => document.getElementById(id), form = at("playground");
if (form) {
  const said = [], { dataset } = form, token = form.elements.csrfmiddlewaretoken.value;
  const words = (name, ...values) => values.reduce((text, value) => text.replace("%", value), dataset["says" + name]);
  const post = (url, body, signal) => fetch(url, { method: "POST", body: JSON.stringify(body), signal, headers: { "Content-Type": "application/json", "X-CSRFToken": token } });
  const duration = ms => ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toLocaleString(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 })} s`;
  let stopping = null, underway = "";

  const asked = message => {
    const body = { model: at("model").value, project: at("project").value, stream: at("stream").checked, messages: [] };
    if (at("system").value.trim()) body.messages.push({ role: "system", content: at("system").value });
    body.messages.push(...said, ...(message ? [{ role: "user", content: message }] : []));
    for (const input of form.querySelectorAll("input[type=number]")) if (input.value) body[input.name] = input.valueAsNumber;
    if (form.elements.form.value === "schema") body.response_format = { type: "json_schema", json_schema: { name: "answer", schema: JSON.parse(at("schema").value) } };
    return body;
  };
  const turn = (who, text) => {
    at("nothing").hidden = true;
    at("turns").append(at("turn").content.cloneNode(true));
    const made = at("turns").lastElementChild;
    made.querySelector("h2").textContent = who;
    made.querySelector(".said").textContent = text;
    return made;
  };
  const follow = () => {
    const box = at("turns");
    if (box.scrollHeight - box.scrollTop - box.clientHeight < 120) box.scrollTop = box.scrollHeight;
  };
  const meta = (made, ...parts) => made.querySelector(".meta").replaceChildren(...parts.filter(Boolean).map(text => Object.assign(document.createElement("span"), { textContent: text })));
  const refuse = ({ detail, advice, retry_after, url }) => {
    at("turns").append(at("refusal").content.cloneNode(true));
    const note = at("turns").lastElementChild, link = note.querySelector("a");
    note.querySelector("b").textContent = detail ?? words("Lost");
    note.querySelector(".advice").textContent = [advice, retry_after && words("Again", retry_after)].filter(Boolean).join(" ");
    if (url) Object.assign(link, { href: url, textContent: words("Why"), hidden: false });
    at("turns").scrollTop = at("turns").scrollHeight;
  };
  const receipt = async (made, call, ...parts) => {
    for (let tries = 0; call && tries < 8; tries++) {
      await new Promise(resolve => setTimeout(resolve, 150 * 1.6 ** tries));
      const told = await fetch(`${dataset.receipt}?call=${call}`).then(answer => answer.json()).catch(() => ({}));
      if (told.counted) return meta(made, words("Tokens", told.prompt, told.completion), told.cached && words("Cached", told.cached), ...parts, told.cost, told.estimated && words("Estimated"));
    }
  };
  const busy = is => {
    at("stop").hidden = !is;
    at("run").hidden = is;
    at("turns").setAttribute("aria-busy", is);
  };

  const answer = async (body, made) => {
    const began = performance.now(), box = made.querySelector(".said");
    let call = "", first = 0, ended = "", text = "", refused = null;
    const add = piece => {
      if (!piece) return;
      first ||= performance.now() - began;
      text += piece;
      box.append(piece);
      follow();
    };
    try {
      const response = await post(form.action, body, stopping.signal);
      if (!response.ok) refused = await response.json().catch(() => ({}));
      else for await (const { name, data } of eventsOf(response.body)) {
        if (name === "call") call = data.id;
        else if (name === "refused" || name === "error") refused = data;
        else if (name === "whole") [ended] = [data.completion_message.stop_reason, add(data.completion_message.content.text)];
        else if (data.event?.event_type === "progress") add(data.event.delta.text);
        else if (data.event?.event_type === "complete") ended = data.event.stop_reason ?? "stop";
      }
      if (!ended && !refused) refused = {};
    } catch (error) {
      if (error.name !== "AbortError") refused = {};
    }
    const stopped = stopping.signal.aborted;
    const parts = [first && body.stream && words("First", duration(first)), duration(performance.now() - began), ended === "length" && words("Cut"), stopped && words("Stopped")];
    if (!text) box.textContent = refused || stopped ? "" : words("Empty");
    meta(made, ...parts);
    if (refused && !stopped) refuse(refused);
    receipt(made, call, ...parts);
    return { text, kept: text || (!refused && !stopped) };
  };
  const send = async () => {
    const message = at("message").value.trim();
    if (!message || stopping) return;
    let body;
    try { body = asked(message); } catch { return refuse({ detail: words("Schema") }); }
    stopping = new AbortController();
    busy(true);
    const own = turn(words("You"), message), made = turn(at("model").selectedOptions[0].textContent, "");
    made.classList.add("live");
    at("message").value = "";
    underway = message;
    at("turns").scrollTop = at("turns").scrollHeight;
    const { text, kept } = await answer(body, made);
    made.classList.remove("live");
    stopping = null;
    underway = "";
    busy(false);
    if (kept) said.push({ role: "user", content: message }, { role: "assistant", content: text });
    else { own.remove(); made.remove(); at("message").value ||= message; }
    follow();
    at("message").focus();
  };

  form.addEventListener("submit", event => { event.preventDefault(); send(); });
  form.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
  at("stop").addEventListener("click", () => stopping?.abort());
  at("clear").addEventListener("click", () => {
    stopping?.abort();
    said.length = 0;
    at("turns").replaceChildren(at("nothing"));
    at("nothing").hidden = false;
    at("message").focus();
  });
  at("get-code").addEventListener("click", async () => {
    let body;
    try { body = asked(at("message").value.trim() || underway || (said.length ? "" : at("message").placeholder)); } catch { return refuse({ detail: words("Schema") }); }
    at("code-body").innerHTML = await post(dataset.code, body).then(answer => answer.text());
    at("code").showModal();
  });
  const price = () => { at("price").textContent = at("model").selectedOptions[0].dataset.price; };
  at("model").addEventListener("change", price);
  price();
  busy(false);
}
