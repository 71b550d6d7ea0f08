"""A station on each broker: the embedded one, Redis and RabbitMQ; the last two behind a proxy that can fail."""

import os
import shutil
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notifications.faults.proxy import Mode, Proxy
from tests.notifications.faults.station import Station, prepare

SERVERS = {"redis": 6379, "rabbitmq": 5672}
URLS = {"redis": "redis://127.0.0.1:{port}/7", "rabbitmq": "amqp://guest:guest@127.0.0.1:{port}//"}


@pytest.fixture(params=["embedded", *SERVERS])
def broker(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name in SERVERS and not _answers(SERVERS[name]):
        reason = f"{name} does not answer on port {SERVERS[name]}"
        pytest.fail(reason) if os.environ.get("REQUIRE_SERVICES") == "1" else pytest.skip(reason)
    return name


@pytest.fixture
def proxy(broker: str) -> Iterator[Proxy | None]:
    proxy = Proxy(("127.0.0.1", SERVERS[broker])) if broker in SERVERS else None
    yield proxy
    if proxy:
        proxy.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("station")
    prepare(folder)
    return folder


@pytest.fixture
def station(tmp_path: Path, prepared: Path, broker: str, proxy: Proxy | None) -> Iterator[Station]:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    url = URLS[broker].format(port=proxy.port) if proxy else "filesystem://localhost"
    station = Station(tmp_path, url, prefix=f"test-{uuid.uuid4().hex[:12]}")
    yield station
    if proxy:
        proxy.set(Mode.PASS)
    station.close()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
