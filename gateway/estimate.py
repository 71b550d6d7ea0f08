"""Counting tokens when the upstream does not.

Rough on purpose and always flagged: about four bytes of text make a token and two of signs, a message or a tool call
costs a few more for its role and separators, an image a flat number. Everything that the model reads counts, tools and
formats too, and what is empty as well: templates write something around it. So nothing can be moved to where it is
free. How a model's own tokens compare with that is learned from the calls whose usage it reports (`Ratios`).
"""

import math
import string
from collections.abc import Hashable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

_BYTES_A_TOKEN = 4
_MOST_BYTES_A_TOKEN = 8
_TOKENS_A_MESSAGE = 4
_TOKENS_AN_IMAGE = 600
_READ_BY_THE_MODEL = ("tools", "response_format")
_NOT_READ = {"type", "image_url"}
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


class Measure(Struct, frozen=True, gc=False):
    """What the model reads of a request: bytes of text and of JSON, and what a template writes something around."""

    text: int
    json: int
    signs: int  # among these bytes
    messages: int  # and tool calls
    parts: int  # of text
    images: int

    @property
    def tokens(self) -> int:
        """The tokens of what is written there."""
        size = self.text + self.json
        # A sign in eight bytes is how people write; more of them make tokens of their own.
        return text_tokens(size + max(0, self.signs - size // 8))

    @property
    def around(self) -> int:
        """The tokens of what is written around it."""
        return self.parts + _TOKENS_A_MESSAGE * self.messages + _TOKENS_AN_IMAGE * self.images


def prompt_tokens(measured: Measure, ratio: float = 1.0) -> int:
    """Return the tokens of a request, of whose model a token of ours makes `ratio`."""
    return math.ceil(measured.tokens * ratio) + measured.around


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

    def learn(self, model: Hashable, measured: Measure, reported: int) -> None:
        """Take the prompt's tokens of a call as the model reported them."""
        calls, ours, theirs = self._sums.get(model, (0, 0.0, 0.0))
        if calls < _FEW or calls % _EVERY == 0:
            ours = ours * _FADING + measured.tokens
            theirs = theirs * _FADING + max(0, reported - measured.around)
        self._sums[model] = (calls + 1, ours, theirs)
        if len(self._sums) > self._most:
            del self._sums[next(iter(self._sums))]

    def forget(self) -> None:
        """Begin anew."""
        self._sums.clear()


ratios = Ratios()  # of this process


def measure(request: Mapping[str, Any]) -> Measure:
    """Return how much of an OpenAI-shaped request the model reads."""
    texts: list[str] = []
    messages: list[dict[str, Any]] = request["messages"]
    calls = parts = images = 0
    for message in messages:
        for name, value in message.items():
            if name == "role":
                continue
            if type(value) is str:
                texts.append(value)
                continue
            _gather(value, texts)
            if name == "tool_calls":
                calls += len(value or ())
            elif name == "content" and value:
                shown = sum(part["type"] == "image_url" for part in value)
                images += shown
                parts += len(value) - shown
    text = "".join(texts).encode()
    # As JSON: a schema may be nested more deeply than a function of ours can follow.
    json = b"".join([msgspec.json.encode(request[name]) for name in _READ_BY_THE_MODEL if request.get(name)])
    return Measure(len(text), len(json), _signs_in(text) + _signs_in(json), len(messages) + calls, parts, images)


def _gather(value: object, texts: list[str]) -> None:
    """Collect all texts but those of the addresses of images."""
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in _NOT_READ:
                _gather(inner, texts)
    elif isinstance(value, list):
        for inner in value:
            _gather(inner, texts)


def _signs_in(text: bytes) -> int:
    return len(text) - len(text.translate(None, _SIGNS))
