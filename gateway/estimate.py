"""Counting tokens when the upstream does not.

Rough on purpose and always flagged: about four bytes of text make a token, a message or a tool call costs a few more
for its role and separators, an image a flat number. Everything that the model reads counts, tools and formats too, and
what is empty as well: templates write something around it. So nothing can be moved to where it is free.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

_BYTES_A_TOKEN = 4
_MOST_BYTES_A_TOKEN = 8
_TOKENS_A_MESSAGE = 4
_TOKENS_AN_IMAGE = 600
_READ_BY_THE_MODEL = ("tools", "response_format")


def text_tokens(size: int) -> int:
    """Return the tokens of a text of so many bytes."""
    return -(-size // _BYTES_A_TOKEN)


def streamed_tokens(pieces: int, size: int) -> int:
    """Return the tokens of a stream: a piece is one, but hardly a token has more than eight bytes on average."""
    return max(pieces, size // _MOST_BYTES_A_TOKEN)


@dataclass(frozen=True, slots=True)
class Measure:
    """What the model reads of a request: bytes of text and of JSON, and what a template writes something around."""

    text: int
    json: int
    messages: int  # and tool calls
    parts: int  # of text
    images: int


def prompt_tokens(request: Mapping[str, Any]) -> int:
    """Return the tokens of an OpenAI-shaped request."""
    found = measure(request)
    around = _TOKENS_A_MESSAGE * found.messages + _TOKENS_AN_IMAGE * found.images
    return text_tokens(found.text + found.json) + found.parts + around


def measure(request: Mapping[str, Any]) -> Measure:
    """Return how much of an OpenAI-shaped request the model reads."""
    messages = request["messages"]
    calls = sum(len(message.get("tool_calls") or ()) for message in messages)
    kinds = [part["type"] for message in messages for part in _parts(message)]
    images = kinds.count("image_url")
    return Measure(
        text=sum(_size(value) for message in messages for name, value in message.items() if name != "role"),
        json=sum(len(msgspec.json.encode(request[name])) for name in _READ_BY_THE_MODEL if request.get(name)),
        messages=len(messages) + calls,
        parts=len(kinds) - images,
        images=images,
    )


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, Mapping):
        return sum(_size(inner) for name, inner in value.items() if name not in {"type", "image_url"})
    return sum(map(_size, value)) if isinstance(value, list) else 0


def _parts(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    content = message.get("content")
    yield from content if isinstance(content, list) else ()
