"""`python -m bench.gateway.model PORT PACE`: a model server that answers at once and costs next to nothing.

Always the same bytes: a whole answer, or if the body asks for a stream 24 events, PACE milliseconds apart.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any

import uvloop

EVENTS = 24
_USAGE = {"prompt_tokens": 120, "completion_tokens": 60, "total_tokens": 180}
_ID = {"id": "chatcmpl-bench", "created": 1_700_000_000, "model": "bench"}
_END = b"0\r\n\r\n"


def whole() -> bytes:
    """Return the bytes of a whole answer."""
    said = {"role": "assistant", "content": "The quick brown fox jumps over the lazy dog. " * 6}
    choices = [{"index": 0, "message": said, "finish_reason": "stop"}]
    body = json.dumps({**_ID, "object": "chat.completion", "choices": choices, "usage": _USAGE}).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


def head() -> bytes:
    """Return what comes before the events."""
    return b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"


def events() -> list[bytes]:
    """Return the events of a stream, each a chunk: role, words, end, usage, [DONE]."""
    words = [_chunk({"content": f"word{number} "}) for number in range(EVENTS - 4)]
    usage = {**_chunk({}), "choices": [], "usage": _USAGE}
    said = [_chunk({"role": "assistant", "content": ""}), *words, _chunk({}, "stop"), usage]
    return [_framed(json.dumps(each).encode()) for each in said] + [_framed(b"[DONE]")]


def _chunk(delta: Mapping[str, str], finish: str | None = None) -> dict[str, Any]:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {**_ID, "object": "chat.completion.chunk", "choices": choices}


def _framed(data: bytes) -> bytes:
    event = b"data: %s\n\n" % data
    return b"%x\r\n%s\r\n" % (len(event), event)


class Model(asyncio.Protocol):
    """One connection: requests one after the other, whatever their address."""

    _whole, _head, _events = whole(), head(), events()

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self._left = b""
        self._streams: set[asyncio.Task[None]] = set()  # the loop itself keeps no tasks alive

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._left += data
        while (taken := request(self._left)) is not None:
            body, self._left = taken
            if b'"stream":true' in body or b'"stream": true' in body:
                task = asyncio.create_task(self._stream())
                self._streams.add(task)
                task.add_done_callback(self._streams.discard)
            else:
                self._transport.write(self._whole)

    async def _stream(self) -> None:
        self._transport.write(self._head + self._events[0])
        for event in self._events[1:]:
            await asyncio.sleep(self._pace)
            self._transport.write(event)
        self._transport.write(_END)


def request(data: bytes) -> tuple[bytes, bytes] | None:
    """Return the body of the first request and what follows it; None while it is incomplete."""
    headers, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None
    headers = headers.lower()
    if b"transfer-encoding: chunked" in headers:
        chunks, end, rest = rest.partition(_END)
        return (chunks, rest) if end else None
    declared = headers.partition(b"content-length:")[2].partition(b"\r\n")[0]
    length = int(declared or 0)
    return (rest[:length], rest[length:]) if len(rest) >= length else None


async def _serve(port: int, pace: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Model(pace), "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
