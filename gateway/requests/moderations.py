"""Requests for moderation in both shapes: one conversation, or some inputs of OpenAI's."""

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct, to_builtins

from gateway.requests.decoding import convert, decode
from gateway.requests.native import NativeMessages, plain_message
from gateway.requests.parts import ImagePart, ModelName, TextPart
from gateway.requests.question import Question

_MOST_INPUTS = 32  # each is a call of a Llama Guard
_ANSWER_TOKENS = 100  # `unsafe` and some codes
# What a Llama Guard's template writes around each input: it is held and counted, and never sent.
_TEMPLATE = {"role": "system", "content": "word" * 600}


class NativeModerationRequest(Struct):
    messages: NativeMessages
    model: ModelName | None = None


_Parts = Annotated[list[TextPart | ImagePart], Meta(min_length=1)]


class CompatModerationRequest(Struct):
    """OpenAI takes a text, several texts, or the parts of one input."""

    input: str | Annotated[list[str | TextPart | ImagePart], Meta(min_length=1, max_length=_MOST_INPUTS)]
    model: ModelName | None = None


def parse_native(body: bytes) -> Question:
    """Return the validated question, or raise a 400."""
    request = convert(decode(body), NativeModerationRequest)
    return _question(request.model, [[plain_message(message) for message in request.messages]])


def parse_compat(body: bytes) -> Question:
    """Return the validated question, or raise a 400."""
    request = convert(decode(body), CompatModerationRequest)
    given: Sequence[Any] = [request.input] if isinstance(request.input, str) else request.input
    texts = [each for each in given if isinstance(each, str)]
    parts = [to_builtins(each) for each in given if not isinstance(each, str)]
    contents: list[Any] = [*texts, *([parts] if parts else [])]
    return _question(request.model, [[{"role": "user", "content": content}] for content in contents])


def _question(model: str | None, inputs: list[list[dict[str, Any]]]) -> Question:
    together = [message for messages in inputs for message in (_TEMPLATE, *messages)]
    body = {"messages": together, "max_tokens": _ANSWER_TOKENS * len(inputs), "temperature": 0}
    return Question(model=model or "", stream=False, wants_usage=False, body=body, inputs=inputs)


def for_guard(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the chat that asks a Llama Guard about one input."""
    return {"messages": messages, "max_tokens": _ANSWER_TOKENS, "temperature": 0}


def for_endpoint(inputs: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Return what an endpoint is asked about all inputs: a text for each."""
    return {"input": ["\n\n".join(filter(None, map(_text, messages))) for messages in inputs]}


def has_images(inputs: list[list[dict[str, Any]]]) -> bool:
    """Tell whether there is anything that an endpoint, which reads texts, would not see."""
    return any(part["type"] == "image_url" for messages in inputs for message in messages for part in _parts(message))


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    said = [part["text"] for part in _parts(message)] if isinstance(content, list) else [content or ""]
    called = [call["function"] for call in message.get("tool_calls") or ()]
    return "\n".join([*said, *(f"{function['name']} {function['arguments']}" for function in called)])


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    return content if isinstance(content, list) else []
