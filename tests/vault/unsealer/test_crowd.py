"""Callers without end take the unsealer from nobody but themselves."""

import errno
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.fakes import eventually
from tests.vault.unsealer.running import Process, Thread, answers, value
from vault.errors import VaultError
from vault.unsealer import Unsealer
from vault.unsealer.socket_client import Socket

pytestmark = pytest.mark.django_db(transaction=True)
_ROOM = 100  # files


@pytest.fixture
def process(folder: Path) -> Iterator[Process]:
    process = Process(folder / "unsealer.sock").start().ready()
    yield process
    process.kill()


def test_more_callers_than_the_system_has_files_for_end_nothing(process: Process) -> None:
    client = Unsealer(Socket(process.socket))
    assert client.seal([value(b"x")])
    assert process._process
    resource.prlimit(process._process.pid, resource.RLIMIT_NOFILE, (_ROOM, _ROOM))
    with ExitStack() as crowd:
        for _ in range(2 * _ROOM):
            caller = crowd.enter_context(socket.socket(socket.AF_UNIX))
            caller.settimeout(1)
            with suppress(OSError):
                caller.connect(str(process.socket))
            time.sleep(0.005)  # until the one before was let in
        assert client.seal([value(b"y")])
    eventually(lambda: Unsealer(Socket(process.socket)).seal([value(b"z")]), patience=10)


def test_a_caller_for_whom_there_is_no_thread_is_turned_away(thread: Thread, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(self: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch, socket.socket(socket.AF_UNIX) as caller:
        patch.setattr("vault.unsealer.server.threading.Thread.start", none)
        caller.settimeout(5)
        caller.connect(str(thread.socket))
        assert caller.recv(1) == b""
    assert answers(thread.socket)
    assert thread.client().seal([value(b"x")])


def test_a_caller_for_whom_there_is_no_file_waits_until_there_is(
    thread: Thread, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    accept, failures = socket.socket.accept, [OSError(errno.EMFILE, "Too many open files")]

    def crowded(listener: socket.socket) -> Any:
        if failures:
            raise failures.pop()
        return accept(listener)

    monkeypatch.setattr("vault.unsealer.server.socket.socket.accept", crowded)
    assert thread.client().seal([value(b"x")])
    assert failures == []
    assert "Too many open files" in caplog.text


def test_an_address_without_end_is_refused_at_once(unsealer: Unsealer) -> None:
    with pytest.raises(VaultError, match="No mailbox"):
        unsealer.index_email("\ufdfa" * 100_000 + "@example.com")
