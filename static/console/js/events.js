// Reads server-sent events of a fetched answer, wherever the network cuts them: yields { name, data } with data parsed.
window.eventsOf = async function* (body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const fields = event.split("\n").map(line => line.match(/^(event|data): ?(.*)/s)).filter(Boolean);
      const of = name => fields.filter(field => field[1] === name).map(field => field[2]).join("\n");
      if (of("data")) yield { name: of("event"), data: JSON.parse(of("data")) };
    }
  }
};
