"""Model servers of which a test says each byte, and a client of one of them."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from catalog.upstreams import ModelServer
from gateway.upstream.boundary import Client, Received

Script = Callable[["Line"], Awaitable[None]]


class Line:
    """A connection of the client's to a server under a script."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self.reader, self.writer = reader, writer
        self.number = number  # which connection it is

    async def request(self) -> bytes:
        """Read a request to its end and return it."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        return head + await self.reader.readexactly(length)

    async def say(self, *pieces: bytes, pause: float = 0.0) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(pause)

    async def answer(self, body: bytes = b"{}", more: bytes = b"") -> None:
        await self.request()
        await self.say(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n%s\r\n%s" % (len(body), more, body))

    async def left(self) -> None:
        """Wait until the client closes the connection."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass

    def reset(self) -> None:
        connection: socket.socket = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class Scripted:
    """A server that does as its script says on each connection, and then closes it."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._tasks: set[asyncio.Task[None]] = set()
        self.lines: list[Line] = []
        self.port = 0

    async def start(self, tls: object = None) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=tls)  # type: ignore[arg-type]
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(reader, writer, len(self.lines) + 1)
        self.lines.append(line)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._script(line)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(script: Script, tls: object = None) -> AsyncIterator[Scripted]:
    server = Scripted(script)
    await server.start(tls)
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def opened(kind: Callable[[ModelServer], Client], url: str, **more: object) -> AsyncIterator[Client]:
    patience = {"connect_timeout": 3.0, "first_byte_timeout": 3.0, "between_bytes_timeout": 3.0}
    client = kind(ModelServer("only", url, "upstream-key", **(patience | more)))  # type: ignore[arg-type]
    await client.open()
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def asking(kind: Callable[[ModelServer], Client], script: Script, **more: object) -> AsyncIterator[Client]:
    """Yield a client of a server under a script."""
    async with serving(script) as server, opened(kind, f"http://127.0.0.1:{server.port}/v1", **more) as client:
        yield client


async def whole(client: Client, body: bytes = b"{}") -> tuple[int, bytes]:
    """Ask, and return status and body."""
    received = await client.post("/chat/completions", body)
    try:
        return received.status, await rest(received)
    finally:
        received.close()


async def rest(received: Received) -> bytes:
    pieces = []
    while piece := await received.read():
        pieces.append(piece)
    return b"".join(pieces)
