"""The upstream's answers, as far as the gateway reads them; everything else passes through."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from gateway.errors import UpstreamError


class Function(Struct):
    name: str | None = None
    arguments: str | None = None


class ToolCall(Struct):
    index: int = 0
    id: str | None = None
    function: Function = field(default_factory=Function)


class Said(Struct):
    """A message, or in a stream what is new of it."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: Any = None  # the same, as newer servers call it
    refusal: Any = None
    tool_calls: list[ToolCall] | None = None

    @property
    def size(self) -> int:
        """The bytes of everything that the model wrote."""
        size = _size(self.content) if self.content else 0
        if self.reasoning_content:
            size += _size(self.reasoning_content)
        elif isinstance(self.reasoning, str):
            size += _size(self.reasoning)
        if isinstance(self.refusal, str):
            size += _size(self.refusal)
        for call in self.tool_calls or ():
            size += _size(call.function.name or "") + _size(call.function.arguments or "")
        return size


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


class Choice(Struct):
    message: Said
    finish_reason: str | None = None


class Answer(Struct):
    """A whole answer. Usage stays untyped: a bad one must not spoil a good answer."""

    choices: Annotated[list[Choice], Meta(min_length=1)]
    usage: Any = None


class ChunkChoice(Struct):
    delta: Said = field(default_factory=Said)
    finish_reason: str | None = None


class Chunk(Struct):
    """One event of a streamed answer."""

    choices: list[ChunkChoice] = []
    usage: Any = None
    error: Any = None


_answers = msgspec.json.Decoder(Answer)
_chunks = msgspec.json.Decoder(Chunk)
_objects = msgspec.json.Decoder(dict[str, Any])
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_answer(body: bytes) -> Answer:
    """Return a whole answer, or raise UpstreamError for anything else."""
    try:
        return _answers.decode(body)
    except (ValueError, RecursionError):
        raise _invalid() from None


def read_chunk(data: bytes) -> Chunk:
    """Return an event of a stream; an error that the upstream sends in a stream is raised."""
    try:
        chunk = _chunks.decode(data)
    except (ValueError, RecursionError):
        raise _invalid() from None
    if chunk.error is not None:
        raise UpstreamError("The model server broke off.", "failed", False)
    return chunk


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that read_answer or read_chunk accepted, with all its members."""
    try:
        return _objects.decode(body)
    except (ValueError, RecursionError):
        raise _invalid() from None


def read_members(body: bytes) -> dict[str, Any]:
    """Return the members of the JSON object that read_answer accepted, each as it came, to be written again."""
    try:
        return dict(_members.decode(body))
    except (ValueError, RecursionError):
        raise _invalid() from None


def _invalid() -> UpstreamError:
    return UpstreamError("The model server's answer makes no sense.", "invalid_answer", False)
