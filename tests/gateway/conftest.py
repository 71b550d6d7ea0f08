"""A real gateway on a real port, before a model server that misbehaves and rooms held in memory."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server

from catalog.upstreams import ModelServer
from gateway import callers, estimate, purses
from gateway.house import House as Outside
from gateway.program import Gateway
from gateway.spool import Spool
from gateway.upstream.own_client import OwnClient
from gateway.upstream.pools import Pools
from gateway.writer import Writer
from tests.gateway.fakes import MEMBER_KEY, OUTSIDER_KEY, OWNER_KEY, MemoryRooms, bearer, eventually
from tests.gateway.upstream import FaultyUpstream
from tests.support.ports import free_port

MAX_BODY = 64 * 1024
MAX_COMPLETION = 4096
TOKEN = "token-of-console-and-gateway"
PROXY = ip_network("127.0.0.0/8")  # what says in X-Forwarded-For where a call comes from
PATIENCE = 0.6  # seconds without a byte
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # httpx would load all authorities for each client


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class House:
    """Everything that a test can reach."""

    url: str
    port: int
    clock: "Clock"
    rooms: MemoryRooms
    upstream: FaultyUpstream
    spool: Path
    writer: Writer


class Clock:
    """The time by which model servers rest and are tried again."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


def server_at(port: int, **more: Any) -> ModelServer:
    """Return a model server that is known to wait for it for a moment only."""
    patience = {"connect_timeout": PATIENCE, "first_byte_timeout": PATIENCE, "between_bytes_timeout": PATIENCE}
    return ModelServer("only", f"http://127.0.0.1:{port}/v1", "upstream-key", **(patience | more))


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    loop = asyncio.new_event_loop()
    upstream, rooms, port, clock = FaultyUpstream(), MemoryRooms(), free_port(), Clock()
    spool = tmp_path_factory.mktemp("spool")
    writer = Writer(Spool(spool), rooms, pause=0.005)

    async def serve() -> None:
        nonlocal server
        await upstream.start()
        model_server = Pools([server_at(upstream.port)], OwnClient, clock)
        gateway = Gateway(
            Outside(
                rooms=rooms,
                upstream=model_server,
                writer=writer,
                max_body=MAX_BODY,
                max_completion=MAX_COMPLETION,
                console="https://console.example",
                token=TOKEN,
                proxies=[PROXY],
            )
        )
        server = Server(gateway, address="127.0.0.1", port=port, interface=Interfaces.RSGI, log_enabled=False)
        await gateway.start()
        await server.serve()
        await gateway.stop()
        await upstream.stop()

    server: Server | None = None
    callers.EVERY = purses.EVERY = 0.01  # tests don't wait
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    eventually(lambda: answers(port))
    yield House(f"http://127.0.0.1:{port}", port, clock, rooms, upstream, spool, writer)
    assert server is not None
    loop.call_soon_threadsafe(server.stop)
    thread.join(10)
    assert not thread.is_alive()


def settled(rooms: MemoryRooms) -> None:
    """Have the gateway see what was changed in its rooms."""
    rooms.changed += 1
    eventually(lambda: rooms.looked_at == rooms.changed)
    time.sleep(0.002)  # until it has forgotten what it knew


@pytest.fixture
def house(running: House) -> Iterator[House]:
    """The running gateway, with nothing left of the test before."""
    running.rooms.reset()
    running.upstream.reset()
    estimate.ratios.forget()
    running.clock.ahead += 3600  # failures of the test before are long past
    settled(running.rooms)
    yield running
    running.rooms.reset()
    eventually(lambda: not any(path.stat().st_size for path in running.spool.glob("*.log")))


@pytest.fixture
def mira(house: House) -> Iterator[httpx.Client]:
    """The member, whose project keeps nothing."""
    with httpx.Client(base_url=house.url, headers=bearer(MEMBER_KEY), timeout=10, verify=NO_TLS) as client:
        yield client


@pytest.fixture
def olivia(house: House) -> Iterator[httpx.Client]:
    """The owner, whose project keeps its requests."""
    with httpx.Client(base_url=house.url, headers=bearer(OWNER_KEY), timeout=10, verify=NO_TLS) as client:
        yield client


@pytest.fixture
def otto(house: House) -> Iterator[httpx.Client]:
    """The outsider, whose key was never issued."""
    with httpx.Client(base_url=house.url, headers=bearer(OUTSIDER_KEY), timeout=10, verify=NO_TLS) as client:
        yield client
