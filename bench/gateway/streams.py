"""`python -m bench.gateway.streams URL BODY CONNECTIONS SECONDS`: reads streams, and tells when their first event came.

Each connection asks for one after the other, as AUTHORIZATION, until the time is over, and reads the last to its
end. They begin spread over a moment, so that they do not march in step. Prints one JSON line.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import uvloop

from bench.servers import cpu
from bench.servers.server import Server

_PATIENCE = 120.0  # seconds for one stream
_SPREAD = 0.25  # seconds


@dataclass(frozen=True, slots=True)
class Streams:
    """What a server did with streams."""

    count: int
    first: float  # milliseconds to the first event, median
    cpu: float  # µs a stream


def read_streams(server: Server, body: Path, *, connections: int, seconds: float) -> Streams:
    """Read streams and count the server's work until it has nothing left to do."""
    command = [sys.executable, "-m", __name__, server.url, str(body), str(connections), str(seconds)]
    before = cpu.settled(server.pid)
    ran = subprocess.run(
        command, env={**os.environ, "AUTHORIZATION": server.authorization}, capture_output=True, text=True
    )
    if ran.returncode:
        raise RuntimeError(f"{server.name}: {ran.stderr.strip()[-1000:]}")
    worked = cpu.settled(server.pid) - before
    first = json.loads(ran.stdout)["first"]
    return Streams(len(first), median(first), worked / len(first) * 1e6)


class Reader(asyncio.Protocol):
    """One connection, a stream at a time."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    async def read(self, request: bytes) -> float:
        """Ask for a stream, read it to its end, and return the seconds to its first event."""
        self._seen = b""
        self._first: float | None = None
        self._ended = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        self._transport.write(request)
        async with asyncio.timeout(_PATIENCE):
            await self._ended
        if self._first is None or not self._seen.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"no stream: {self._seen[:300]!r}")
        return self._first - began

    def data_received(self, data: bytes) -> None:
        self._seen += data
        if self._first is None and b"data: " in self._seen:
            self._first = time.perf_counter()
        # No event ends like the last chunk: each has an empty line before the end of its own.
        if self._seen.endswith(b"\r\n0\r\n\r\n") and not self._ended.done():
            self._ended.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(ConnectionError(f"closed after {self._seen[:300]!r}"))


async def _read_all(url: str, body: bytes, connections: int, seconds: float) -> list[float]:
    place = urlsplit(url)
    request = (
        f"POST {place.path} HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-type: application/json\r\n"
        f"authorization: {os.environ['AUTHORIZATION']}\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode() + body

    end = time.perf_counter() + seconds

    async def one(number: int) -> list[float]:
        await asyncio.sleep(_SPREAD * number / connections)
        loop = asyncio.get_running_loop()
        transport, reader = await loop.create_connection(Reader, place.hostname, place.port)
        try:
            first = [await reader.read(request)]
            while time.perf_counter() < end:
                first.append(await reader.read(request))
            return first
        finally:
            transport.close()

    return [each for some in await asyncio.gather(*map(one, range(connections))) for each in some]


if __name__ == "__main__":
    _url, _body, _connections, _seconds = sys.argv[1:]
    _first = uvloop.run(_read_all(_url, Path(_body).read_bytes(), int(_connections), float(_seconds)))
    print(json.dumps({"first": [1000 * each for each in _first]}))
