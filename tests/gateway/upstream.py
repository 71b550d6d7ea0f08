"""A model server that behaves as badly as each test wants: a few lines of HTTP over asyncio."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

Behaviour = Callable[["Exchange"], Awaitable[None]]

USAGE = {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17, "prompt_tokens_details": {"cached_tokens": 4}}
CALLS = [
    {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Paris"}'}}
]


class Exchange:
    """One request that arrived, and the means to answer it byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.order = 0  # which request it is since the test began
        self.path = ""
        self.headers: dict[str, str] = {}
        self.body: dict[str, Any] = {}

    async def read(self) -> None:
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        self.path = first.split(" ")[1]
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await self.reader.readexactly(int(self.headers.get("content-length", "0")))
        self.body = json.loads(body) if body else {}

    async def json(self, body: object, status: int = 200, **headers: str) -> None:
        await self.raw(json.dumps(body).encode(), status, **headers)

    async def raw(self, body: bytes, status: int = 200, **headers: str) -> None:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n{more}\r\n"
        await self.write(head.encode() + body)

    async def start_stream(self) -> None:
        await self.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")

    async def piece(self, data: bytes) -> None:
        await self.write(b"%x\r\n%s\r\n" % (len(data), data))

    async def event(self, value: object) -> None:
        await self.piece(b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n")

    async def end_stream(self) -> None:
        await self.piece(b"data: [DONE]\n\n")
        await self.write(b"0\r\n\r\n")

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Drop the connection with a TCP reset."""
        connection: socket.socket = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class FaultyUpstream:
    """Listens on a port of its own and remembers what it saw."""

    async def start(self) -> None:
        self.reset()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def reset(self) -> None:
        self.behaviour: Behaviour = answer
        self.requests: list[Exchange] = []
        self.connections = 0
        self.hung_up = 0  # connections that the gateway closed while an answer was due

    async def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if task := asyncio.current_task():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            while True:
                exchange = Exchange(reader, writer)
                await exchange.read()
                if exchange.path.endswith("/models"):
                    await exchange.json({"data": []})
                    continue
                self.requests.append(exchange)
                exchange.order = len(self.requests)
                await self._answer(exchange)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, exchange: Exchange) -> None:
        behaving = asyncio.ensure_future(self.behaviour(exchange))
        leaving = asyncio.ensure_future(_left(exchange.reader))
        await asyncio.wait({behaving, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not behaving.done():
            self.hung_up += 1
            behaving.cancel()
        leaving.cancel()
        await asyncio.gather(behaving, leaving, return_exceptions=True)


async def _left(reader: asyncio.StreamReader) -> None:
    while not reader.at_eof():
        await asyncio.sleep(0.005)


def completion(content: str | None = "Bonjour, Paris!", **more: object) -> dict[str, Any]:
    """Return a whole answer."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return {"id": "up-1", "object": "chat.completion", "created": 1, "model": "smollm2", "choices": [choice], **more}


def chunk(content: str | None = None, *, finish: str | None = None, **delta: object) -> dict[str, Any]:
    """Return one event of a stream."""
    said = {**({} if content is None else {"content": content}), **delta}
    choice = {"index": 0, "delta": said, "finish_reason": finish}
    return {"id": "up-1", "object": "chat.completion.chunk", "created": 1, "model": "smollm2", "choices": [choice]}


def usage_chunk(usage: object = USAGE) -> dict[str, Any]:
    return {**chunk(), "choices": [], "usage": usage}


async def answer(exchange: Exchange) -> None:
    """Behave well."""
    if not exchange.body["stream"]:
        await exchange.json(completion(usage=USAGE))
        return
    await exchange.start_stream()
    await exchange.event(chunk("", role="assistant"))
    for word in ("Bonjour", ", ", "Paris", "!"):
        await exchange.event(chunk(word))
    await exchange.event(chunk(finish="stop"))
    await exchange.event(usage_chunk())
    await exchange.end_stream()


async def call_tools(exchange: Exchange) -> None:
    """Answer with a tool call, in a stream cut into pieces."""
    if not exchange.body["stream"]:
        whole = completion(None, usage=USAGE)
        whole["choices"][0]["message"]["tool_calls"] = CALLS
        whole["choices"][0]["finish_reason"] = "tool_calls"
        await exchange.json(whole)
        return
    await exchange.start_stream()
    first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}
    await exchange.event(chunk(role="assistant", tool_calls=[first]))
    for piece in ('{"city":', '"Paris"}'):
        await exchange.event(chunk(tool_calls=[{"index": 0, "function": {"arguments": piece}}]))
    await exchange.event(chunk(finish="tool_calls"))
    await exchange.event(usage_chunk())
    await exchange.end_stream()


async def hang(exchange: Exchange) -> None:
    """Never answer."""
    await asyncio.Event().wait()


async def reset(exchange: Exchange) -> None:
    """Drop the connection before the first byte."""
    exchange.reset()


def says(status: int, body: object, **headers: str) -> Behaviour:
    """Refuse with a status."""
    return lambda exchange: exchange.json(body, status, **headers)


def answers(usage: object) -> Behaviour:
    """Answer with this usage, whole or at the end of a stream; None leaves it out."""

    async def behave(exchange: Exchange) -> None:
        if not exchange.body["stream"]:
            await exchange.json(completion(**({} if usage is None else {"usage": usage})))
            return
        await exchange.start_stream()
        for word in ("Bonjour", ", ", "Paris", "!"):
            await exchange.event(chunk(word))
        await exchange.event(chunk(finish="stop"))
        if usage is not None:
            await exchange.event(usage_chunk(usage))
        await exchange.end_stream()

    return behave


def begins(then: Behaviour) -> Behaviour:
    """Stream two words, then go on as told."""

    async def behave(exchange: Exchange) -> None:
        await exchange.start_stream()
        await exchange.event(chunk("Bonjour"))
        await exchange.event(chunk(", "))
        await asyncio.sleep(0.03)  # the words must arrive before what follows
        await then(exchange)

    return behave
