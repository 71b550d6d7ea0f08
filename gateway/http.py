"""HTTP over ASGI: a request read within its bounds, and a reply that always names its request."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID

from gateway.errors import GatewayError
from gateway.patience import Patience

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_PATIENCE = 60.0  # seconds for a body to arrive
SEND_PATIENCE = 60.0  # seconds for a client to take a piece of a stream

_ALWAYS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
_EVENTS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no"), *_ALWAYS]


class ClientGone(Exception):
    """The client left; there is nobody to answer."""


class Request:
    """One request: its method, path and headers, and its body once asked for."""

    def __init__(self, scope: Message, receive: Receive) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.receive = receive
        self.client: str = (scope.get("client") or ("",))[0]  # the address of the connection's other end
        self._headers: list[tuple[bytes, bytes]] = list(scope["headers"])

    def header(self, name: bytes) -> bytes | None:
        """Return the one header of that name; None when it is absent or repeated."""
        values = self.headers(name)
        return values[0] if len(values) == 1 else None

    def headers(self, name: bytes) -> list[bytes]:
        """Return every header of that name."""
        return [value for header, value in self._headers if header == name]

    async def body(self, most: int) -> bytes:
        """Return the body, never holding more than `most` bytes and one network read."""
        declared = self.header(b"content-length")
        if declared is not None and declared.isdigit() and int(declared[:20]) > most:
            raise _too_large(most)
        try:
            async with asyncio.timeout(BODY_PATIENCE):
                return await self._read(most)
        except TimeoutError:
            raise GatewayError(408, "request_timeout", "The body did not arrive in time.") from None

    async def _read(self, most: int) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await self.receive()
            if message["type"] != "http.request":
                raise ClientGone
            piece: bytes = message.get("body", b"")
            size += len(piece)
            if size > most:
                raise _too_large(most)
            pieces.append(piece)
            if not message.get("more_body"):
                return b"".join(pieces)


class Reply:
    """The answer to one request, whole or as an event stream; `started` once its status is out."""

    def __init__(self, send: Send, request_id: UUID, *, bodiless: bool = False) -> None:
        self._send = send
        self._bodiless = bodiless
        self._patience = Patience(SEND_PATIENCE)
        self.more: list[tuple[bytes, bytes]] = [(b"x-request-id", str(request_id).encode())]  # headers of any answer
        self.started = False

    async def json(
        self, status: int, body: bytes, *more: tuple[bytes, bytes], media_type: bytes = b"application/json"
    ) -> None:
        """Send a whole answer; to HEAD its headers only."""
        kind, length = (b"content-type", media_type), (b"content-length", b"%d" % len(body))
        await self._start(status, [kind, *_ALWAYS, length, *self.more, *more])
        await self._send({"type": "http.response.body", "body": b"" if self._bodiless else body})

    async def events(self, piece: bytes, *, last: bool = False) -> None:
        """Send a piece of an event stream; raise ClientGone for a client that stopped reading."""
        if not self.started:
            await self._start(200, [*_EVENTS, *self.more])
        try:
            async with self._patience:
                await self._send({"type": "http.response.body", "body": piece, "more_body": not last})
        except (TimeoutError, OSError):
            raise ClientGone from None

    async def _start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})


def _too_large(most: int) -> GatewayError:
    return GatewayError(413, "request_too_large", f"The body is larger than {most} bytes.")
