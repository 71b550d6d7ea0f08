"""What the built-in model says: a tool call, a JSON sample, a count, or a friendly word about itself."""

import re
from dataclasses import dataclass

import msgspec

from dev.model import sample, tokens
from dev.model.request import ChatRequest, ChosenTool, Function, UserMessage, text_of

LONGEST_COUNT = 4000
GIST = 12  # words of the prompt that are repeated
_COUNT_TO = re.compile(r"\bcount (?:from 1 )?to (\d{1,4})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """`pieces` are the tokens of the text, or of the called function's arguments; `billed` counts its name too."""

    pieces: list[str]
    billed: int
    finish_reason: str
    function: str | None = None

    def text(self) -> str:
        return "".join(self.pieces)


def answer(request: ChatRequest) -> Answer:
    function = _function_to_call(request)
    if function:
        return _call(function, request.limit())
    return _cut(_say(request), request)


def _function_to_call(request: ChatRequest) -> Function | None:
    functions = {tool.function.name: tool.function for tool in request.tools or []}
    if not functions or request.tool_choice == "none":
        return None
    if isinstance(request.tool_choice, ChosenTool):
        return functions[request.tool_choice.function.name]
    # After a tool's result the last message is not the user's: an agent's loop comes to its end.
    last = request.messages[-1]
    asked = text_of(last) if isinstance(last, UserMessage) else ""
    named = next((function for name, function in functions.items() if name in asked), None)
    return named or (next(iter(functions.values())) if request.tool_choice == "required" else None)


def _call(function: Function, limit: int | None) -> Answer:
    schema = {"type": "object", **(function.parameters or {})}
    pieces = tokens.split(_json(sample.build(schema)))
    name = tokens.count(function.name)
    if limit is not None and name + len(pieces) > limit:
        return Answer(pieces[: max(limit - name, 0)], limit, "length", function.name)
    return Answer(pieces, name + len(pieces), "tool_calls", function.name)


def _cut(text: str, request: ChatRequest) -> Answer:
    ends = [at for stop in request.stops() if (at := text.find(stop)) >= 0]
    pieces = tokens.split(text[: min(ends)] if ends else text)
    limit = request.limit()
    if limit is not None and len(pieces) > limit:
        return Answer(pieces[:limit], limit, "length")
    return Answer(pieces, len(pieces), "stop")


def _say(request: ChatRequest) -> str:
    form = request.response_format
    if form and form.type == "json_schema" and form.json_schema:
        return _json(sample.build(form.json_schema.schema))
    prompt = next((text_of(m) for m in reversed(request.messages) if isinstance(m, UserMessage)), "")
    if form and form.type == "json_object":
        return _json({"answer": _greet(prompt)})
    counted = _COUNT_TO.search(prompt)
    if counted:
        return ", ".join(str(number) for number in range(1, min(int(counted[1]), LONGEST_COUNT) + 1))
    return _greet(prompt)


def _greet(prompt: str) -> str:
    words = prompt.split()
    if not words:
        return "Hello! I am the built-in development model. I got no words from you, so there is nothing to answer."
    gist = " ".join(words[:GIST]) + ("…" if len(words) > GIST else "")
    size = "1 word" if len(words) == 1 else f"{len(words)} words"
    return (
        "Hello! I am the built-in development model, here so that you can try the API without a model server. "
        f"I cannot think, but I read every word: you sent {size}, “{gist}” "
        "Set MODEL_UPSTREAM_URL to your own server, and a real Llama model answers in my place."
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
