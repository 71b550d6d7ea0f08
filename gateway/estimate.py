"""Counting tokens when the upstream does not.

Rough on purpose and always flagged: about four bytes of text make a token and two of signs, a message or a tool call
costs a few more for its role and separators, an image a flat number. Everything that the model reads counts, tools and
formats too, and what is empty as well: templates write something around it. So nothing can be moved to where it is
free. How a model's own tokens compare with that is learned from the calls whose usage it reports (`Ratios`).
"""

import math
import string
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

_BYTES_A_TOKEN = 4
_MOST_BYTES_A_TOKEN = 8
_TOKENS_A_MESSAGE = 4
_TOKENS_AN_IMAGE = 600
_READ_BY_THE_MODEL = ("tools", "response_format")
_SIGNS = string.punctuation.encode()
_FEW = 16  # calls that are too few to learn from
_EVERY = 8  # call of a model is measured
_FADING = 0.98
_LEAST_RATIO, _MOST_RATIO = 0.5, 4.0  # a token has a byte at least


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


def prompt_tokens(request: Mapping[str, Any], ratio: float = 1.0) -> int:
    """Return the tokens of an OpenAI-shaped request, of whose model a token of ours makes `ratio`."""
    text, around = _text_and_around(request)
    return math.ceil(text * ratio) + around


def _text_and_around(request: Mapping[str, Any]) -> tuple[int, int]:
    found = measure(request)
    size = found.text + found.json
    signs = sum(_signs(message) for message in request["messages"])
    # As JSON: a schema may be nested more deeply than a function of ours can follow.
    signs += sum(_signs_in(msgspec.json.encode(request[name])) for name in _READ_BY_THE_MODEL if request.get(name))
    # A sign in eight bytes is how people write; more of them make tokens of their own.
    text = text_tokens(size + max(0, signs - size // 8))
    return text, found.parts + _TOKENS_A_MESSAGE * found.messages + _TOKENS_AN_IMAGE * found.images


class Ratios:
    """How many tokens each model reports for one of ours, of late. In memory, without a word of any prompt.

    A model is named together with who calls it: nobody's odd prompts change what others are charged by an estimate.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._sums: dict[Hashable, tuple[int, float, float]] = {}  # calls, our tokens, theirs; older ones fade

    def ratio(self, model: Hashable) -> float:
        """Return the ratio; one as long as little is known."""
        calls, ours, theirs = self._sums.get(model, (0, 0.0, 0.0))
        if calls < _FEW or ours < 1:
            return 1.0
        return min(max(theirs / ours, _LEAST_RATIO), _MOST_RATIO)

    def learn(self, model: Hashable, request: Mapping[str, Any], reported: int) -> None:
        """Take the prompt's tokens of a call as the model reported them."""
        calls, ours, theirs = self._sums.get(model, (0, 0.0, 0.0))
        if calls < _FEW or calls % _EVERY == 0:
            text, around = _text_and_around(request)
            ours = ours * _FADING + text
            theirs = theirs * _FADING + max(0, reported - around)
        self._sums[model] = (calls + 1, ours, theirs)
        if len(self._sums) > self._most:
            del self._sums[next(iter(self._sums))]

    def forget(self) -> None:
        """Begin anew."""
        self._sums.clear()


ratios = Ratios()  # of this process


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


def _signs_in(text: bytes) -> int:
    return len(text) - len(text.translate(None, _SIGNS))


def _signs(value: object) -> int:
    if isinstance(value, str):
        return _signs_in(value.encode())
    if isinstance(value, Mapping):
        return sum(_signs(inner) for name, inner in value.items() if name not in {"type", "role", "image_url"})
    return sum(map(_signs, value)) if isinstance(value, list) else 0


def _parts(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    content = message.get("content")
    yield from content if isinstance(content, list) else ()
