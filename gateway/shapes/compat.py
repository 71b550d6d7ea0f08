"""OpenAI's shape: the upstream's own JSON with our id, the caller's name for the model, and sure usage."""

from typing import Any

import msgspec

from gateway import sse
from gateway.answers import Answer, Chunk, read_members, read_object
from gateway.errors import GatewayError, UpstreamError
from gateway.meter import Usage
from gateway.requests import compat as requests
from gateway.requests.question import Question
from gateway.shapes.shape import Heading

_CHOICES = b'"choices":'
_NO_USAGE = b'],"usage":null}'
_USAGE = b'],"usage":'
_TYPES = {402: "insufficient_quota", 429: "rate_limit_error"}


class CompatScript:
    """One OpenAI-shaped stream. Usage comes once, at the end, and only if it was asked for."""

    def __init__(self, heading: Heading) -> None:
        self._heading = heading
        self._own = {"id": _id(heading), "model": heading.model}
        self._theirs = self._ours = b""  # how their chunks begin, up to the choices, and how ours do

    def chunk(self, data: bytes, chunk: Chunk) -> bytes:
        if chunk.usage is not None and not chunk.choices:
            return b""
        # Chunks of a stream begin alike: what was translated once is replaced, and the rest is passed on as it is.
        if self._theirs and data.startswith(self._theirs) and (end := _end_of_choices(data)):
            return b"data: %s%s}\n\n" % (self._ours, data[len(self._theirs) : end])
        return sse.event(self._translated(data))

    def _translated(self, data: bytes) -> bytes:
        shown = read_object(data)
        self._learn(data, shown)
        shown.pop("usage", None)
        return msgspec.json.encode({**shown, **self._own})

    def _learn(self, data: bytes, shown: dict[str, Any]) -> None:
        """Note how chunks begin, if all members but the choices and the usage stand there."""
        theirs, found, _ = data.partition(_CHOICES)
        try:
            before = read_object(theirs + b'"choices":0}')
        except UpstreamError:
            return
        if found and shown.keys() - before.keys() <= {"usage"} and "usage" not in before:
            before.pop("choices")
            self._theirs = theirs + _CHOICES
            self._ours = msgspec.json.encode({**before, **self._own})[:-1] + b"," + _CHOICES

    def end(self, usage: Usage) -> bytes:
        done = sse.event(sse.DONE)
        if not self._heading.wants_usage:
            return done
        last: dict[str, Any] = {
            **self._own,
            "object": "chat.completion.chunk",
            "created": int(self._heading.started_at.timestamp()),
            "choices": [],
            "usage": usage.as_openai(),
        }
        return sse.event(msgspec.json.encode(last)) + done

    def failure(self, error: GatewayError) -> bytes:
        return sse.event(_error(error))


class CompatShape:
    """Passes OpenAI's shape through."""

    def parse(self, body: bytes) -> Question:
        return requests.parse(body)

    def whole(self, body: bytes, answer: Answer, heading: Heading, usage: Usage) -> bytes:
        shown = read_members(body)
        shown["id"], shown["model"] = _id(heading), heading.model
        if usage.estimated:
            shown["usage"] = usage.as_openai()
        return msgspec.json.encode(shown)

    def script(self, heading: Heading) -> CompatScript:
        return CompatScript(heading)

    def error(self, error: GatewayError) -> bytes:
        return _error(error)


def _end_of_choices(data: bytes) -> int:
    """Return where a chunk's own members end, without its usage and its last brace; 0 if that is not sure.

    A quote inside a text is escaped, so what looks like a member is one.
    """
    if data.endswith(b"]}"):
        return len(data) - 1
    if data.endswith(_NO_USAGE):
        return len(data) - len(_NO_USAGE) + 1
    place = data.rfind(_USAGE)
    try:
        read_object(data[place + len(_USAGE) : -1])
    except UpstreamError:
        return 0  # there is none, or something follows it
    return place + 1 if place > 0 else 0


def _id(heading: Heading) -> str:
    return f"chatcmpl-{heading.id}"


def _error(error: GatewayError) -> bytes:
    kind = _TYPES.get(error.status, "server_error" if error.status >= 500 else "invalid_request_error")
    body: dict[str, object] = {"message": error.message, "type": kind, "param": error.param, "code": error.code}
    if error.refusal:
        body |= error.refusal.told()
    return msgspec.json.encode({"error": body})
