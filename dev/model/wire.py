"""The shapes OpenAI's clients read: a whole completion, the chunks of a streamed one, errors."""

import itertools
import time
import uuid
from collections.abc import Iterator
from typing import Any

from dev.model.answer import Answer

Json = dict[str, Any]
CREATED = 1_743_811_200  # when Llama 4 was announced; the same for every model


def model(name: str) -> Json:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "Meta"}


def error(message: str, *, param: str | None = None, code: str | None = None) -> Json:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


def completion(name: str, answer: Answer, usage: Json) -> Json:
    message: Json = {"role": "assistant", "content": None if answer.function else answer.text()}
    if answer.function:
        called = {"name": answer.function, "arguments": answer.text()}
        message["tool_calls"] = [{"id": _tool_call_id(), "type": "function", "function": called}]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish_reason}
    return {**_head(name, "chat.completion"), "choices": [choice], "usage": usage}


def chunks(name: str, answer: Answer, usage: Json | None) -> Iterator[Json]:
    """Yield the chunks in order: the role, one token each, the reason for the end, the usage if asked for."""
    head = _head(name, "chat.completion.chunk")
    for delta in itertools.chain([_first(answer)], map(_delta_of(answer), answer.pieces)):
        yield {**head, "choices": [_choice(delta, None)]}
    yield {**head, "choices": [_choice({}, answer.finish_reason)]}
    if usage is not None:
        yield {**head, "choices": [], "usage": usage}


def _first(answer: Answer) -> Json:
    if not answer.function:
        return {"role": "assistant", "content": ""}
    called = {"name": answer.function, "arguments": ""}
    call = {"index": 0, "id": _tool_call_id(), "type": "function", "function": called}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _delta_of(answer: Answer) -> Any:
    if answer.function:
        return lambda piece: {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
    return lambda piece: {"content": piece}


def _choice(delta: Json, finish_reason: str | None) -> Json:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def _head(name: str, kind: str) -> Json:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": name}


def _tool_call_id() -> str:
    return f"call_{uuid.uuid4().hex[:24]}"
