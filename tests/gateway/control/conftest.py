"""A real gateway on a real port, as other gateways meet it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server

from gateway import callers, purses
from gateway.house import House as Outside
from gateway.program import Gateway
from gateway.spool import Spool
from gateway.upstream.own_client import OwnClient
from gateway.upstream.pools import Pools
from gateway.writer import Writer
from tests.gateway.conftest import NO_TLS, answers, server_at
from tests.gateway.control.fakes import MIRA, OLIVIA, OPERATOR, OTTO, MemoryControlRooms
from tests.gateway.fakes import MemoryRooms, bearer, eventually
from tests.support.ports import free_port

PROXY = ip_network("127.0.0.0/8")


@dataclass
class House:
    """Everything that a test can reach."""

    url: str
    port: int
    rooms: MemoryRooms
    control: MemoryControlRooms
    spool: Path
    writer: Writer
    gateway: Gateway


@pytest.fixture(scope="session")
def controlled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    loop = asyncio.new_event_loop()
    rooms, port = MemoryRooms(), free_port()
    control = MemoryControlRooms(rooms)
    spool = tmp_path_factory.mktemp("control-spool")
    writer = Writer(Spool(spool), rooms, pause=0.005)
    server: Server | None = None
    gateway: Gateway | None = None

    async def serve() -> None:
        nonlocal server, gateway
        gateway = Gateway(
            Outside(
                rooms=rooms,
                upstream=Pools([server_at(9)], OwnClient),  # nobody answers there
                writer=writer,
                max_body=64 * 1024,
                max_completion=4096,
                control=control,
                console="https://console.example",
                proxies=[PROXY],
            )
        )
        server = Server(gateway, address="127.0.0.1", port=port, interface=Interfaces.RSGI, log_enabled=False)
        await gateway.start()
        await server.serve()
        await gateway.stop()

    callers.EVERY = purses.EVERY = 0.01  # tests don't wait
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    eventually(lambda: answers(port))
    assert gateway
    yield House(f"http://127.0.0.1:{port}", port, rooms, control, spool, writer, gateway)
    assert server
    loop.call_soon_threadsafe(server.stop)
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def house(controlled: House) -> Iterator[House]:
    """The running gateway, with nothing left of the test before."""
    controlled.rooms.reset()
    controlled.control.reset()
    begin_anew(controlled)
    seen(controlled)
    yield controlled
    controlled.rooms.reset()
    eventually(lambda: not any(path.stat().st_size for path in controlled.spool.glob("*.log")))


def begin_anew(house: House) -> None:
    """Have the gateway forget what it was told a moment ago, as one that begins does."""
    assert house.gateway._control
    house.gateway._control._intake._recent.clear()


def seen(house: House) -> None:
    """Wait until the gateway has seen what changed."""
    eventually(lambda: house.rooms.looked_at == house.rooms.changed)


@pytest.fixture
def client(house: House) -> Iterator[Callable[[str], httpx.Client]]:
    """Clients by their secret."""
    made: list[httpx.Client] = []

    def with_secret(secret: str) -> httpx.Client:
        made.append(httpx.Client(base_url=house.url, headers=bearer(secret), timeout=10, verify=NO_TLS))
        return made[-1]

    yield with_secret
    for each in made:
        each.close()


@pytest.fixture
def operator(client: Callable[[str], httpx.Client]) -> httpx.Client:
    return client(OPERATOR)


@pytest.fixture
def olivia(client: Callable[[str], httpx.Client]) -> httpx.Client:
    """Her organization's own gateway."""
    return client(OLIVIA)


@pytest.fixture
def mira(client: Callable[[str], httpx.Client]) -> httpx.Client:
    """A key of the organization without the scopes."""
    return client(MIRA)


@pytest.fixture
def otto(client: Callable[[str], httpx.Client]) -> httpx.Client:
    """Another organization's gateway."""
    return client(OTTO)
