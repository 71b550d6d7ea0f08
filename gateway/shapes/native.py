"""The Llama API's own shape, as llama-api-client reads it."""

from http import HTTPStatus
from typing import Any

import msgspec

from gateway import sse
from gateway.answers import Answer, Chunk, ToolCall
from gateway.errors import GatewayError
from gateway.meter import Usage
from gateway.requests import native as requests
from gateway.requests.question import Question
from gateway.shapes.shape import Heading

# Everything else that an upstream may say (content_filter, abort) ends the answer like a stop.
_STOP_REASONS = {"length": "length", "tool_calls": "tool_calls", "function_call": "tool_calls"}


class NativeScript:
    """One native stream: start, progress…, complete, metrics. It ends without [DONE], which its SDK cannot read."""

    def __init__(self, heading: Heading) -> None:
        self._id = str(heading.id)
        # What each piece of text is put into; written by hand because there are so many of them.
        self._before = (
            b'data: {"id":"%s","event":{"event_type":"progress","delta":{"type":"text","text":' % self._id.encode()
        )
        self._opened = False
        self._stop_reason = "stop"

    def chunk(self, data: bytes, chunk: Chunk) -> bytes:
        events = self._opening()
        for choice in chunk.choices:
            if choice.delta.content:
                events += b"%s%s}}}\n\n" % (self._before, msgspec.json.encode(choice.delta.content))
            for call in choice.delta.tool_calls or ():
                events += self._event("progress", _tool_call(call))
            if choice.finish_reason is not None:
                self._stop_reason = _stop_reason(choice.finish_reason)
        return events

    def end(self, usage: Usage) -> bytes:
        complete = self._event("complete", _text(""), stop_reason=self._stop_reason)
        return self._opening() + complete + self._event("metrics", _text(""), metrics=_metrics(usage))

    def failure(self, error: GatewayError) -> bytes:
        return sse.event(_problem(error), "error")

    def _opening(self) -> bytes:
        if self._opened:
            return b""
        self._opened = True
        return self._event("start", _text(""))

    def _event(self, kind: str, delta: dict[str, Any], **more: object) -> bytes:
        event = {"event_type": kind, "delta": delta, **more}
        return sse.event(msgspec.json.encode({"id": self._id, "event": event}))


class NativeShape:
    """Translates to and from the Llama API's shape."""

    def parse(self, body: bytes) -> Question:
        return requests.parse(body)

    def whole(self, body: bytes, answer: Answer, heading: Heading, usage: Usage) -> bytes:
        choice = answer.choices[0]
        message: dict[str, Any] = {
            "role": "assistant",
            "content": _text(choice.message.content or ""),
            "stop_reason": _stop_reason(choice.finish_reason),
        }
        if calls := choice.message.tool_calls:
            message["tool_calls"] = [
                {"id": call.id or "", "function": {"name": call.function.name or "", "arguments": _arguments(call)}}
                for call in calls
            ]
        return msgspec.json.encode(
            {
                "id": str(heading.id),
                "completion_message": message,
                "metrics": _metrics(usage),
            }
        )

    def script(self, heading: Heading) -> NativeScript:
        return NativeScript(heading)

    def error(self, error: GatewayError) -> bytes:
        return _problem(error)


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _tool_call(call: ToolCall) -> dict[str, Any]:
    # As upstream: the id and the name come once, at the beginning of each call.
    function = {"name": call.function.name, "arguments": call.function.arguments}
    delta: dict[str, Any] = {"type": "tool_call", "function": {k: v for k, v in function.items() if v is not None}}
    return {**delta, "id": call.id} if call.id else delta


def _arguments(call: ToolCall) -> str:
    return call.function.arguments or ""


def _stop_reason(finish_reason: str | None) -> str:
    return _STOP_REASONS.get(finish_reason or "", "stop")


def _metrics(usage: Usage) -> list[dict[str, object]]:
    counts = {
        "num_completion_tokens": usage.completion,
        "num_prompt_tokens": usage.prompt,
        "num_total_tokens": usage.prompt + usage.completion,
    }
    return [{"metric": name, "value": value, "unit": "tokens"} for name, value in counts.items()]


def _problem(error: GatewayError) -> bytes:
    problem = {"title": HTTPStatus(error.status).phrase, "detail": error.message, "status": error.status}
    if error.refusal:
        problem |= error.refusal.told()
    return msgspec.json.encode(problem)
