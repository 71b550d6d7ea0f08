"""The model server, reached over HTTP: the only file that knows aiohttp.

Whatever goes wrong there becomes an UpstreamError; nothing that the upstream says about itself
(addresses, keys, stack traces) reaches a caller. A caller's headers never reach the upstream.
"""

import asyncio
import errno
import io
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from gateway.errors import UpstreamError
from gateway.refusals import refusal
from gateway.sse import DONE, EventReader, EventTooLong

_LONGEST_ANSWER = 64 * 1024 * 1024  # bytes
_LONGEST_REFUSAL = 64 * 1024
_CONNECTIONS = 512
# Shorter than the five seconds after which uvicorn (vLLM, SGLang) drops an idle connection.
_KEEP_ALIVE = 4.0
_CONNECT_PATIENCE = 10.0
_DRAIN_PATIENCE = 1.0
_READY_PATIENCE = 2.0
_LARGE_BODY = 1024 * 1024  # aiohttp writes larger ones in pieces, if given as a file


class Upstream(Protocol):
    """Where answers come from. Failures are UpstreamErrors; cancelling closes the connection at once."""

    async def open(self) -> None:
        """Get ready to connect."""

    async def close(self) -> None:
        """Close every connection."""

    async def complete(self, body: bytes) -> bytes:
        """Return the JSON of a whole answer."""

    def stream(self, body: bytes) -> AsyncGenerator[list[bytes], None]:
        """Yield the data of events as they come, the last one [DONE] if the upstream says so."""

    async def ready(self) -> bool:
        """Tell whether the model server answers."""


@dataclass(slots=True)
class _Attempt:
    """One try at a request; aiohttp's tracing tells whether it got a used connection."""

    reused: bool = False


class HttpUpstream:
    """An OpenAI-shaped model server behind a base address like http://localhost:8003/v1."""

    def __init__(self, url: str, key: str, patience: float) -> None:
        self._url = url.rstrip("/")
        self._headers = {
            "authorization": f"Bearer {key}",
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": "llama-console",
        }
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        trace = aiohttp.TraceConfig()
        trace.on_connection_reuseconn.append(_note_reuse)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            trace_configs=[trace],
            timeout=aiohttp.ClientTimeout(
                total=None,
                connect=self._patience,  # with the wait for a free connection
                sock_connect=min(_CONNECT_PATIENCE, self._patience),
                sock_read=self._patience,  # between any two bytes
            ),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def complete(self, body: bytes) -> bytes:
        async with self._post(body) as response:
            return await _read(response, _LONGEST_ANSWER)

    async def stream(self, body: bytes) -> AsyncGenerator[list[bytes], None]:
        async with self._post(body) as response:
            if response.content_type != "text/event-stream":
                raise UpstreamError("The model server does not stream.", "invalid_answer", False)
            reader = EventReader()
            async for piece in response.content.iter_any():
                events = reader.feed(piece)
                if events:
                    yield events
                if DONE in events:
                    await _drain(response)
                    return

    async def ready(self) -> bool:
        timeout = aiohttp.ClientTimeout(total=_READY_PATIENCE)
        try:
            async with self._opened.get(
                f"{self._url}/models", headers=self._headers, allow_redirects=False, timeout=timeout
            ) as response:
                return response.status < 500
        except (aiohttp.ClientError, OSError, ValueError):
            return False

    @property
    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the upstream was not opened")
        return self._session

    @asynccontextmanager
    async def _post(self, body: bytes) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            response = await self._send(body)
            try:
                if response.status != 200:
                    raise refusal(response.status, response.headers, await _read(response, _LONGEST_REFUSAL))
                yield response
            except BaseException:
                response.close()  # half read: never back to the pool
                raise
            response.release()
        except TimeoutError:
            raise UpstreamError("No byte within the time allowed.", "timeout", False) from None
        except EventTooLong:
            raise UpstreamError("An event is too long.", "invalid_answer", False) from None
        except (aiohttp.ClientError, OSError):
            raise UpstreamError("The connection failed.", "unreachable", False) from None

    async def _send(self, body: bytes) -> aiohttp.ClientResponse:
        attempt = _Attempt()
        try:
            return await self._try(body, attempt)
        except (aiohttp.ServerDisconnectedError, ConnectionResetError, aiohttp.ClientOSError) as error:
            if not _dropped_while_idle(error, attempt):
                raise
        # Safe although it is a POST: a completion changes nothing at the upstream, no byte of an answer
        # was received or passed on, and the call is recorded once however often it was sent.
        return await self._try(body, _Attempt())

    async def _try(self, body: bytes, attempt: _Attempt) -> aiohttp.ClientResponse:
        return await self._opened.post(
            f"{self._url}/chat/completions",
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


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > most:
            raise UpstreamError("The answer is too long.", "invalid_answer", False)
        pieces.append(piece)
    return b"".join(pieces)


async def _drain(response: aiohttp.ClientResponse) -> None:
    # The end of the body usually follows at once; then the connection can be used again.
    try:
        async with asyncio.timeout(_DRAIN_PATIENCE):
            await response.content.readany()
    except (TimeoutError, aiohttp.ClientError, OSError):
        response.close()
