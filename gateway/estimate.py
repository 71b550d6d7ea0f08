"""Counting tokens when the upstream does not.

Rough on purpose and always flagged: about four bytes of text make a token, a message costs a few more for its role and
separators, an image a flat number. Everything that the model reads counts, tools and formats too, so that no text
can be moved to where it is free.
"""

from collections.abc import Mapping
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


def prompt_tokens(request: Mapping[str, Any]) -> int:
    """Return the tokens of an OpenAI-shaped request."""
    size, messages, images = measure(request)
    return text_tokens(size) + _TOKENS_A_MESSAGE * messages + _TOKENS_AN_IMAGE * images


def measure(request: Mapping[str, Any]) -> tuple[int, int, int]:
    """Return how many bytes of an OpenAI-shaped request the model reads, its messages and its images."""
    messages = request["messages"]
    size = sum(_size(value) for message in messages for name, value in message.items() if name != "role")
    size += sum(len(msgspec.json.encode(request[name])) for name in _READ_BY_THE_MODEL if request.get(name))
    return size, len(messages), sum(_images(message.get("content")) for message in messages)


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, Mapping):
        return sum(_size(inner) for name, inner in value.items() if name not in {"type", "image_url"})
    return sum(map(_size, value)) if isinstance(value, list) else 0


def _images(content: object) -> int:
    return sum(part.get("type") == "image_url" for part in content) if isinstance(content, list) else 0
