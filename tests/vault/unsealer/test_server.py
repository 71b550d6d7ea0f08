"""The server in itself: what it does before, beside and after it answers."""

import os
import socket
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from accounts.models import User
from ledger.models import Checkpoint, LeafBody, LeafType, Log
from tests.gateway.fakes import eventually
from tests.vault.granting import Approvers, approved
from tests.vault.unsealer.running import Thread, own, sealed
from vault.errors import VaultError
from vault.keyring import Keyring
from vault.roots import roots
from vault.roots.local import LocalKeys
from vault.roots.sources import FileSource
from vault.unsealer import Unsealer, wire
from vault.unsealer.messages import Check
from vault.unsealer.server import Server
from vault.unsealer.socket_client import Socket

pytestmark = pytest.mark.django_db(transaction=True)


def attending() -> set[threading.Thread]:
    """Return the threads that serve a caller: those of other tests' as well, until their callers are collected."""
    return {each for each in threading.enumerate() if "_attend" in each.name}


def test_it_signs_the_log_and_closes_grants_that_ran_out_unasked(zoe: User, approvers: Approvers, folder: Path) -> None:
    grant = approved(zoe, approvers, hours=1)
    Log.objects.update(at=int((datetime.now(UTC) + timedelta(hours=2)).timestamp() * 1_000_000))
    thread = Thread(folder / "unsealer.sock").start()
    eventually(Checkpoint.objects.exists)
    eventually(LeafBody.objects.filter(type=LeafType.GRANT_CLOSED, grant=grant.pk).exists)
    thread.stop()


def test_without_its_roots_it_never_listens(folder: Path) -> None:
    server = Server(folder / "unsealer.sock", Keyring(LocalKeys(FileSource(folder / "none.json"))))
    with pytest.raises(VaultError, match="missing-root"):
        server.serve()
    assert list(folder.iterdir()) == []


def test_its_socket_is_for_its_owner_alone_and_what_others_make_meanwhile_is_as_open_as_before(folder: Path) -> None:
    mask = os.umask(0o022)
    try:
        thread = Thread(folder / "unsealer.sock").start()
        (folder / "file").touch()
        thread.stop()
    finally:
        os.umask(mask)
    assert stat.S_IMODE((folder / "file").stat().st_mode) == 0o644


def test_a_caller_keeps_no_process_alive(folder: Path) -> None:
    server, before = Server(folder / "unsealer.sock", Keyring(roots())), attending()
    serving = threading.Thread(target=server.serve)
    serving.start()
    try:
        eventually((folder / "unsealer.sock").is_socket)
        client = Unsealer(Socket(folder / "unsealer.sock"))
        client.check()
        assert [each.daemon for each in attending() - before] == [True]
    finally:
        server.stop()
        serving.join(20)


def test_a_caller_that_is_gone_before_its_answer_comes_ends_its_own_service_alone(thread: Thread) -> None:
    before = attending()
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(thread.socket))
        eventually(lambda: attending() - before)
        caller.sendall(bytes(wire.encode(Check())) * 100)
    eventually(lambda: not attending() - before)
    thread.client().check()


def test_refusals_are_logged_by_their_code_and_what_nobody_foresaw_by_its_type(
    thread: Thread, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = thread.client()
    with pytest.raises(VaultError, match="scope-closed"):
        client.open(bytes(16), [])
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        ("WARNING", "unsealer: refused: scope-closed")
    ]

    def fail(*arguments: object) -> None:
        raise KeyError("zoe@example.com")

    monkeypatch.setattr("vault.unsealer.server.answer", fail)
    with pytest.raises(VaultError, match="failed") as failure:
        client.check()
    assert failure.value.permanent
    assert "unsealer: unexpected KeyError" in [each.getMessage() for each in caplog.records]
    assert "zoe" not in caplog.text


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at the open files of the process")
def test_a_silent_caller_keeps_its_scope_and_lets_go_of_the_database(
    thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [thread.client() for _ in range(4)]
    values = [sealed(client) for client in clients]
    tokens = [client.begin(own(one)) for client, one in zip(clients, values, strict=True)]
    busy = held()
    monkeypatch.setattr("vault.unsealer.server._IDLE", 50)
    for client, one in zip(clients, values, strict=True):
        client.begin(own(one))  # from the next silence on
    eventually(lambda: held() <= busy - len(clients))
    assert all(client.open(token, [one]) for client, token, one in zip(clients, tokens, values, strict=True))


def held() -> int:
    """Return how many connections to the vault database there are, save this thread's."""
    mine = connections["vault"]
    if mine.vendor == "postgresql":
        with mine.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            return int(cursor.fetchone()[0])
    mine.close()
    # A connection's file of the log: SQLite shares the database's own among the connections of a process.
    name, count = f"{mine.settings_dict['NAME']}-wal", 0
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            count += str(descriptor.readlink()) == name
        except FileNotFoundError:  # the one of the folder itself
            continue
    return count
