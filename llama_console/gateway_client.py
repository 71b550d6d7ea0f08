"""The console's way to the gateway for the playground: over the network and with a key, as anybody's program calls it.

A call is made in one thread and can be ended from another, at any moment: the gateway then stops the model server and
bills what was produced.
"""

import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR
from urllib.parse import urlsplit

from django.conf import settings

_SILENCE = 660.0  # seconds; the gateway gives up on its model servers before
_PIECE = 64 * 1024
_MOST = 8 * 1024 * 1024  # bytes of an answer that comes whole


class GatewayAway(Exception):
    """The gateway was not reached, or it broke off."""


@dataclass(frozen=True, slots=True)
class Head:
    """How an answer begins."""

    status: int
    request_id: str
    retry_after: str
    is_stream: bool


class GatewayCall:
    """One chat completion, native shape."""

    def __init__(self, secret: str, body: bytes) -> None:
        self._secret, self._body = secret, body
        self._connection = _connection()
        self._response: HTTPResponse | None = None

    def begin(self) -> Head:
        """Send the call and wait for the beginning of its answer."""
        headers = {"Authorization": f"Bearer {self._secret}", "Content-Type": "application/json"}
        try:
            self._connection.request("POST", _path("/v1/chat/completions"), self._body, headers)
            response = self._response = self._connection.getresponse()
        except (OSError, HTTPException, ValueError):
            raise GatewayAway from None
        return Head(
            status=response.status,
            request_id=response.getheader("x-request-id", ""),
            retry_after=response.getheader("retry-after", ""),
            is_stream=response.getheader("content-type", "").startswith("text/event-stream"),
        )

    def pieces(self) -> Iterator[bytes]:
        """Yield a streamed answer as it comes."""
        while piece := self._read(stream=True):
            yield piece

    def whole(self) -> bytes:
        """Return an answer that does not come in pieces."""
        body = self._read(stream=False)
        if len(body) > _MOST:
            raise GatewayAway
        return body

    def end(self) -> None:
        """Hang up, whatever the other thread waits for."""
        connection = self._connection.sock
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """Give the connection back; for the thread that read."""
        self._connection.close()

    def _read(self, *, stream: bool) -> bytes:
        assert self._response
        try:
            return self._response.read1(_PIECE) if stream else self._response.read(_MOST + 1)
        except (OSError, HTTPException, ValueError):
            raise GatewayAway from None


def _connection() -> HTTPConnection:
    parts = urlsplit(settings.GATEWAY_URL)
    host = str(parts.hostname)
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port, timeout=_SILENCE, context=ssl.create_default_context())
    return HTTPConnection(host, parts.port, timeout=_SILENCE)


def _path(path: str) -> str:
    return urlsplit(settings.GATEWAY_URL).path.rstrip("/") + path
