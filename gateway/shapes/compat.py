"""OpenAI's shape: the upstream's own JSON with our id, the caller's name for the model, and sure usage."""

from typing import Any

import msgspec

from gateway import sse
from gateway.answers import Answer, Chunk, read_object
from gateway.errors import GatewayError
from gateway.meter import Usage
from gateway.requests import compat as requests
from gateway.requests.question import Question
from gateway.shapes.shape import Heading

_TYPES = {402: "insufficient_quota", 429: "rate_limit_error"}


class CompatScript:
    """One OpenAI-shaped stream. Usage comes once, at the end, and only if it was asked for."""

    def __init__(self, heading: Heading) -> None:
        self._heading = heading
        self._own = {"id": _id(heading), "model": heading.model}

    def chunk(self, data: bytes, chunk: Chunk) -> bytes:
        if chunk.usage is not None and not chunk.choices:
            return b""
        shown = read_object(data)
        shown.pop("usage", None)
        return sse.event(msgspec.json.encode({**shown, **self._own}))

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
        shown = {**read_object(body), "id": _id(heading), "model": heading.model}
        if usage.estimated:
            shown["usage"] = usage.as_openai()
        return msgspec.json.encode(shown)

    def script(self, heading: Heading) -> CompatScript:
        return CompatScript(heading)

    def error(self, error: GatewayError) -> bytes:
        return _error(error)


def _id(heading: Heading) -> str:
    return f"chatcmpl-{heading.id}"


def _error(error: GatewayError) -> bytes:
    kind = _TYPES.get(error.status, "server_error" if error.status >= 500 else "invalid_request_error")
    body: dict[str, object] = {"message": error.message, "type": kind, "param": error.param, "code": error.code}
    if error.refusal:
        body |= error.refusal.told()
    return msgspec.json.encode({"error": body})
