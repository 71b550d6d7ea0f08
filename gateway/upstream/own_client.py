"""A client of one model server of our own: it costs a third of the general one's processor time.

Connections are kept for a few seconds and used again, the one that rested shortest first; at their limit requests wait
in order for one.
"""

import asyncio
import ssl
from collections import deque
from urllib.parse import urlsplit

from catalog.upstreams import ModelServer
from gateway.errors import UpstreamError
from gateway.upstream.connection import Connection
from gateway.upstream.faults import stopping, timed_out, unreachable
from gateway.upstream.heads import KEEP_ALIVE, READY_PATIENCE, request_headers
from gateway.upstream.incoming import Dropped, Incoming

_Slot = asyncio.Future[Connection | None]  # a connection, or leave to open one


class OwnClient:
    """An OpenAI-shaped model server behind a base address like http://localhost:8003/v1."""

    def __init__(self, server: ModelServer) -> None:
        parts = urlsplit(server.url)
        self._server = server
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._base = parts.path.rstrip("/")
        bracketed = f"[{self._host}]" if ":" in self._host else self._host
        headers = {"host": f"{bracketed}:{self._port}", **request_headers(server)}
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._posts: dict[str, bytes] = {}
        self._tls: ssl.SSLContext | None = None
        self._all: set[Connection] = set()
        self._idle: list[Connection] = []
        self._waiting: deque[_Slot] = deque()
        self._stopped = False
        self._taken = 0  # connections that are open or being opened

    async def open(self) -> None:
        if self._secure:
            self._tls = ssl.create_default_context(cafile=self._server.ca_file)
            self._tls.set_alpn_protocols(["http/1.1"])

    async def close(self) -> None:
        for connection in list(self._all):
            connection.abort()

    def stop(self) -> None:
        self._stopped = True
        for connection in list(self._all):
            connection.stop()
        while self._waiting:
            if not (slot := self._waiting.popleft()).done():
                slot.set_exception(stopping())

    async def post(self, path: str, body: bytes) -> Incoming:
        start = self._posts.get(path)
        if start is None:
            text = f"POST {self._base}{path} HTTP/1.1\r\n{self._headers}content-length: "
            start = self._posts[path] = text.encode("ascii")
        return await self._exchange(b"%s%d\r\n\r\n" % (start, len(body)), body)

    async def answers(self) -> bool:
        head = f"GET {self._base}/models HTTP/1.1\r\n{self._headers}\r\n".encode("ascii")
        try:
            async with asyncio.timeout(READY_PATIENCE):
                incoming = await self._exchange(head, b"")
                try:
                    while await incoming.read():
                        pass
                finally:
                    incoming.close()
        except (TimeoutError, UpstreamError):
            return False
        return incoming.status < 500

    def returned(self, connection: Connection) -> None:
        while self._waiting:
            slot = self._waiting.popleft()
            if not slot.done():
                slot.set_result(connection)
                return
        self._idle.append(connection)

    def lost(self, connection: Connection) -> None:
        if connection not in self._all:
            return  # it never came about, and who opened it knows
        self._all.remove(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._leave()

    async def _exchange(self, head: bytes, body: bytes) -> Incoming:
        if self._stopped:
            raise stopping()
        connection = self._rested() or await self._acquire()
        try:
            return await _answered(connection.begin(head, body))
        except Dropped:
            # Safe although it is a POST: a completion changes nothing at the server, no byte of an answer
            # was received or passed on, and the call is recorded once however often it was sent.
            connection = await self._acquire(fresh=True)
        try:
            return await _answered(connection.begin(head, body))
        except Dropped:
            raise unreachable() from None

    def _rested(self) -> Connection | None:
        oldest = asyncio.get_running_loop().time() - KEEP_ALIVE
        while self._idle:
            connection = self._idle.pop()
            if connection.usable(oldest):
                return connection
            connection.abort()
        return None

    async def _acquire(self, *, fresh: bool = False) -> Connection:
        while self._taken >= self._server.connections:
            if fresh and self._idle:
                self._idle.pop(0).abort()  # may be as dead as the one before
            connection = await self._wait()
            if connection is not None and connection.usable(0):  # it may have been closed on the way
                return connection
        self._taken += 1
        try:
            return await self._connect()
        except BaseException:
            self._leave()
            raise

    async def _wait(self) -> Connection | None:
        slot: _Slot = asyncio.get_running_loop().create_future()
        self._waiting.append(slot)
        try:
            async with asyncio.timeout(self._server.first_byte_timeout):
                return await slot
        except BaseException as error:
            if slot.done() and not slot.cancelled() and slot.exception() is None:
                self._hand_on(slot.result())
            if isinstance(error, TimeoutError):
                raise timed_out() from None
            raise

    def _hand_on(self, connection: Connection | None) -> None:
        """Nobody waits any more for what was given to them."""
        if connection is None:
            self._admit()
        elif not connection.closed:
            self.returned(connection)

    async def _connect(self) -> Connection:
        server = self._server
        connection = Connection(self, server.first_byte_timeout, server.between_bytes_timeout)
        try:
            async with asyncio.timeout(server.connect_timeout):
                await asyncio.get_running_loop().create_connection(
                    lambda: connection,
                    self._host,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._host if self._secure else None,
                )
        except TimeoutError:
            raise timed_out() from None
        except OSError:
            raise unreachable() from None
        if connection.closed:
            raise unreachable()
        self._all.add(connection)
        return connection

    def _leave(self) -> None:
        self._taken -= 1
        self._admit()

    def _admit(self) -> None:
        while self._waiting:
            slot = self._waiting.popleft()
            if not slot.done():
                slot.set_result(None)
                return


async def _answered(incoming: Incoming) -> Incoming:
    try:
        await incoming.head()
    except BaseException:
        incoming.close()
        raise
    return incoming
