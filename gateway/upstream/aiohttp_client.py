"""A client of one model server over aiohttp: the only file that knows it. UPSTREAM_CLIENT=aiohttp chooses it."""

import asyncio
import errno
import io
import ssl
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

import aiohttp

from catalog.upstreams import ModelServer
from gateway.upstream.faults import no_sense, stopping, timed_out, unreachable
from gateway.upstream.heads import KEEP_ALIVE, READY_PATIENCE, request_headers

_DRAIN_PATIENCE = 1.0
_LARGE_BODY = 1024 * 1024  # aiohttp writes larger ones in pieces, if given as a file
_LONGEST_HEAD = 64 * 1024


@dataclass(slots=True)
class _Attempt:
    """One try at a request; aiohttp's tracing tells whether it got a used connection."""

    reused: bool = False


class AiohttpReceived:
    """An answer over aiohttp."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self._stopped = False
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.headers.items()}

    async def read(self) -> bytes:
        try:
            return await self._response.content.readany()
        except TimeoutError:
            raise timed_out() from None
        except (aiohttp.ClientError, OSError):
            raise (stopping() if self._stopped else unreachable()) from None

    def stop(self) -> None:
        """Let whoever reads be told that the gateway stops."""
        self._stopped = True
        self._response.content.set_exception(ConnectionAbortedError())

    async def finish(self) -> None:
        # The end of the body usually follows at once; then the connection can be used again.
        try:
            async with asyncio.timeout(_DRAIN_PATIENCE):
                await self._response.content.readany()
        except (TimeoutError, aiohttp.ClientError, OSError):
            self._response.close()

    def close(self) -> None:
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()  # half read: never back to the pool


class AiohttpClient:
    """An OpenAI-shaped model server behind a base address like http://localhost:8003/v1."""

    def __init__(self, server: ModelServer) -> None:
        self._server = server
        self._headers = request_headers(server)
        self._session: aiohttp.ClientSession | None = None
        self._open: WeakSet[AiohttpReceived] = WeakSet()
        self._stopped = False

    async def open(self) -> None:
        trace = aiohttp.TraceConfig()
        trace.on_connection_reuseconn.append(_note_reuse)
        server = self._server
        tls = ssl.create_default_context(cafile=server.ca_file) if server.url.startswith("https:") else True
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=server.connections, keepalive_timeout=KEEP_ALIVE, ssl=tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_LONGEST_HEAD,
            max_field_size=_LONGEST_HEAD,
            trace_configs=[trace],
            timeout=aiohttp.ClientTimeout(
                total=None,
                connect=server.first_byte_timeout,  # with the wait for a free connection
                sock_connect=server.connect_timeout,
                sock_read=server.between_bytes_timeout,
            ),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def stop(self) -> None:
        self._stopped = True
        for received in list(self._open):
            received.stop()

    async def post(self, path: str, body: bytes) -> AiohttpReceived:
        if self._stopped:
            raise stopping()
        try:
            async with asyncio.timeout(self._server.first_byte_timeout):
                received = AiohttpReceived(await self._send(path, body))
                self._open.add(received)
                return received
        except TimeoutError:
            raise timed_out() from None
        except aiohttp.ClientResponseError:
            raise no_sense() from None
        except (aiohttp.ClientError, OSError):
            raise unreachable() from None

    async def answers(self) -> bool:
        timeout = aiohttp.ClientTimeout(total=READY_PATIENCE)
        try:
            async with self._opened.get(
                f"{self._server.url}/models", headers=self._headers, allow_redirects=False, timeout=timeout
            ) as response:
                return response.status < 500
        except (aiohttp.ClientError, OSError, ValueError):
            return False

    @property
    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the client was not opened")
        return self._session

    async def _send(self, path: str, body: bytes) -> aiohttp.ClientResponse:
        attempt = _Attempt()
        try:
            return await self._try(path, body, attempt)
        except (aiohttp.ServerDisconnectedError, ConnectionResetError, aiohttp.ClientOSError) as error:
            if not _dropped_while_idle(error, attempt):
                raise
        # Safe although it is a POST: a completion changes nothing at the server, no byte of an answer
        # was received or passed on, and the call is recorded once however often it was sent.
        return await self._try(path, body, _Attempt())

    async def _try(self, path: str, body: bytes, attempt: _Attempt) -> aiohttp.ClientResponse:
        return await self._opened.post(
            self._server.url + path,
            data=body if len(body) <= _LARGE_BODY else io.BytesIO(body),
            headers=self._headers,
            allow_redirects=False,
            trace_request_ctx=attempt,
        )


async def _note_reuse(_session: object, context: Any, _params: object) -> None:
    if isinstance(attempt := context.trace_request_ctx, _Attempt):
        attempt.reused = True


def _dropped_while_idle(error: Exception, attempt: _Attempt) -> bool:
    # A fresh connection that drops, or one that began to answer, was not closed for being idle.
    if not attempt.reused or isinstance(error, aiohttp.ClientConnectorError):
        return False
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return isinstance(error.message, str)  # otherwise it holds the beginning of an answer
    # aiohttp raises a reset as its own ConnectionResetError or as a plain ClientOSError.
    return isinstance(error, ConnectionError) or getattr(error, "errno", None) in {errno.EPIPE, errno.ECONNRESET}
