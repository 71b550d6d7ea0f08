import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vault.unsealer.running import Process, Thread, short_folder
from vault.keyring import Keyring
from vault.roots import roots
from vault.unsealer import Unsealer
from vault.unsealer.in_process import InProcess
from vault.unsealer.socket_client import Socket


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = short_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def process(django_db_setup: None) -> Iterator[Process]:
    """One process for a module: each test has tenants of its own."""
    folder = short_folder()
    process = Process(folder / "unsealer.sock").start().ready()
    yield process
    process.stop()
    shutil.rmtree(folder)


@pytest.fixture
def thread(transactional_db: None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Thread]:
    """A server of whose threads none ends by an error, whatever its callers do."""
    errors: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", errors.append)
    thread = Thread(folder / "unsealer.sock").start()
    yield thread
    thread.stop()
    assert [error.exc_value for error in errors] == []


@pytest.fixture(params=["directly", "in a thread", "in its own process"])
def unsealer(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[Unsealer]:
    if request.param == "directly":
        yield Unsealer(InProcess(Keyring(roots())))
        return
    socket = Socket(request.getfixturevalue("thread" if "thread" in request.param else "process").socket)
    yield Unsealer(socket)
    socket.close()
