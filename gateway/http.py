"""HTTP over RSGI: a request read within its bounds, and a reply that always names its request."""

from typing import Any, Protocol
from uuid import UUID

from granian.rsgi import ProtocolClosed, ProtocolError  # type: ignore[attr-defined]

from gateway.errors import GatewayError
from gateway.patience import Patience

Header = tuple[str, str]

BODY_PATIENCE = 60.0  # seconds for a body to arrive

_ALWAYS = [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]
_EVENTS = [("content-type", "text/event-stream; charset=utf-8"), ("x-accel-buffering", "no"), *_ALWAYS]
_UNREADABLE = "\ufffd"  # in the place of a value that is not ASCII: it is nothing that anybody looks for


class ClientGone(Exception):
    """The client left; there is nobody to answer."""


class Leaving(Protocol):
    """What ends when the client has left."""

    def add_done_callback(self, callback: Any) -> None: ...

    def cancel(self) -> object: ...


class Request:
    """One request: its method, path and headers, and its body once asked for."""

    def __init__(self, scope: Any, protocol: Any, patience: Patience) -> None:
        self.method: str = scope.method
        self.path: str = scope.path
        self._scope = scope
        self._headers = scope.headers
        self._protocol = protocol
        self._patience = patience

    @property
    def client(self) -> str:
        """The address of the connection's other end."""
        address: str = self._scope.client
        return address.rpartition(":")[0].strip("[]")

    def header(self, name: str) -> str | None:
        """Return the one header of that name; None when it is absent or repeated."""
        values = self.headers(name)
        return values[0] if len(values) == 1 else None

    def headers(self, name: str) -> list[str]:
        """Return every header of that name."""
        values: list[str] = self._headers.get_all(name)
        return values or ([_UNREADABLE] if name in self._headers else values)

    def leaving(self) -> Leaving:
        """Return what ends when the client has left, or the answer is out; to be cancelled by who asked for it."""
        leaving: Leaving = self._protocol.client_disconnect()
        return leaving

    async def body(self, most: int) -> bytes:
        """Return the body, never holding more than `most` bytes and one network read."""
        declared = self.header("content-length")
        if declared is not None and declared.isdigit() and int(declared[:20]) > most:
            raise _too_large(most)
        try:
            async with self._patience:
                if declared is None:
                    return await self._pieces(most)
                body: bytes = await self._protocol()  # the server takes no more than was declared
                return body
        except TimeoutError:
            raise GatewayError(408, "request_timeout", "The body did not arrive in time.") from None
        except (ProtocolClosed, ProtocolError):
            raise ClientGone from None

    async def _pieces(self, most: int) -> bytes:
        # One that breaks off ends like any other here, but no JSON is whole without its end.
        pieces: list[bytes] = []
        size = 0
        async for piece in self._protocol:
            size += len(piece)
            if size > most:
                raise _too_large(most)
            pieces.append(piece)
        return b"".join(pieces)


class Reply:
    """The answer to one request, whole or as an event stream; `started` once its status is out."""

    def __init__(self, protocol: Any, request_id: UUID, *, bodiless: bool = False) -> None:
        self._protocol = protocol
        self._stream: Any = None
        self._bodiless = bodiless
        self.more: list[Header] = [("x-request-id", str(request_id))]  # headers of any answer
        self.started = False

    def json(self, status: int, body: bytes, *more: Header, media_type: str = "application/json") -> None:
        """Send a whole answer; to HEAD its headers only."""
        self.started = True
        length = ("content-length", str(len(body)))
        headers = [("content-type", media_type), *_ALWAYS, length, *self.more, *more]
        if self._bodiless:
            self._protocol.response_empty(status, headers)
        else:
            self._protocol.response_bytes(status, headers, body)

    async def events(self, piece: bytes, *, last: bool = False) -> None:
        """Send a piece of an event stream; raise ClientGone if nobody is there to take it."""
        if self._stream is None:
            self.started = True
            self._stream = self._protocol.response_stream(200, [*_EVENTS, *self.more])
        try:
            await self._stream.send_bytes(piece)
        except (ProtocolClosed, ProtocolError):
            raise ClientGone from None
        if last:
            self._stream = None  # which ends it, whatever is still to be done


def _too_large(most: int) -> GatewayError:
    return GatewayError(413, "request_too_large", f"The body is larger than {most} bytes.")
