"""A model server that counts what it sends of each call.

A prompt says what happens: `call=17 events=12 pace=3` is answered with twelve words of one token each, three
milliseconds apart; or whole, after as long, with usage of twelve tokens.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bench.gateway.model import request

WORD = b"zap "
_ASKED = re.compile(rb"call=(\d+) events=(\d+) pace=(\d+)")
_PROMPT = 20  # tokens
_ID = {"id": "chatcmpl-bench", "created": 1_700_000_000, "model": "bench"}
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def prompt(number: int, events: int, pace: int) -> str:
    return f"call={number} events={events} pace={pace}"


class Model:
    """Counts by call: words that it sent, and how often it was asked."""

    def __init__(self) -> None:
        self.sent: Counter[int] = Counter()
        self.asked: Counter[int] = Counter()
        self.port = 0


@asynccontextmanager
async def serving() -> AsyncIterator[Model]:
    """Answer in this process until the end of the block."""
    model = Model()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(model), "127.0.0.1", 0, backlog=2048)
    model.port = server.sockets[0].getsockname()[1]
    try:
        yield model
    finally:
        server.close()


class _Connection(asyncio.Protocol):
    def __init__(self, model: Model) -> None:
        self._model = model
        self._left = b""
        self._answers: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        for task in self._answers:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        self._left += data
        while (taken := request(self._left)) is not None:
            body, self._left = taken
            task = asyncio.create_task(self._answer(body))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _answer(self, body: bytes) -> None:
        asked = _ASKED.search(body)
        if asked is None:
            raise ValueError("The prompt does not say what happens.")
        number, events, pace = map(int, asked.groups())
        self._model.asked[number] += 1
        if b'"stream":true' in body or b'"stream": true' in body:
            await self._stream(number, events, pace / 1000)
        else:
            await asyncio.sleep(events * pace / 1000)
            self._model.sent[number] += events
            self._transport.write(_whole(events))

    async def _stream(self, number: int, events: int, pace: float) -> None:
        write = self._transport.write
        write(_HEAD)
        for _ in range(events):
            await asyncio.sleep(pace)
            self._model.sent[number] += 1
            write(_event({"content": WORD.decode()}))
        write(_event({}, "stop") + _framed({**_ID, "choices": [], "usage": _usage(events)}))
        write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")


def _usage(events: int) -> dict[str, int]:
    return {"prompt_tokens": _PROMPT, "completion_tokens": events, "total_tokens": _PROMPT + events}


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return _framed({**_ID, "object": "chat.completion.chunk", "choices": choices})


def _framed(chunk: dict[str, Any]) -> bytes:
    data = b"data: %s\n\n" % json.dumps(chunk).encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


def _whole(events: int) -> bytes:
    said = {"role": "assistant", "content": WORD.decode() * events}
    choices = [{"index": 0, "message": said, "finish_reason": "stop"}]
    body = json.dumps({**_ID, "object": "chat.completion", "choices": choices, "usage": _usage(events)}).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
