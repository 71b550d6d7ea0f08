"""The real process: it starts only whole, dies without harm, and what was released was recorded."""

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from ledger.models import Leaf, LeafBody, LeafType
from tests.gateway.fakes import eventually
from tests.vault.unsealer.running import Process, environment, own, sealed, value
from vault.errors import VaultError
from vault.keyring import Keyring
from vault.models import DataKey
from vault.roots import create_file, roots
from vault.unsealer import Unsealer
from vault.unsealer.in_process import InProcess
from vault.unsealer.socket_client import Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def process(folder: Path) -> Iterator[Process]:
    process = Process(folder / "unsealer.sock").start().ready()
    yield process
    process.kill()


@pytest.fixture
def client(process: Process) -> Iterator[Unsealer]:
    socket = Socket(process.socket)
    yield Unsealer(socket)
    socket.close()


def test_it_is_reached_by_its_owner_alone_and_once(process: Process) -> None:
    assert stat.S_IMODE(process.socket.stat().st_mode) == 0o600
    code, said = Process(process.socket).start().fails()
    assert (code, "already-running" in said) == (1, True)
    assert process.listens()


def test_what_a_dead_process_left_is_replaced_and_the_client_goes_on(process: Process, client: Unsealer) -> None:
    one = sealed(client)
    process.kill()
    assert process.socket.is_socket()
    with pytest.raises(VaultError, match="unsealer-away") as failure:
        client.seal([value(b"x")])
    assert not failure.value.permanent
    process.start().ready()
    assert client.open(client.begin(own(one)), [one])
    assert process.stop() == 0
    assert not process.socket.exists()
    process.start().ready()


def test_a_scope_does_not_survive_the_process_and_nobody_is_recorded_as_refused(
    process: Process, client: Unsealer
) -> None:
    one = sealed(client)
    token = client.begin(own(one))
    process.kill()
    process.start().ready()
    for _ in range(2):
        with pytest.raises(VaultError, match="unsealer-away") as failure:
            client.open(token, [one])
        assert not failure.value.permanent
    client.end(token)
    assert not LeafBody.objects.filter(type=LeafType.REFUSAL).exists()
    with pytest.raises(VaultError, match="scope-closed"):
        client.open(token, [one])


def test_whatever_was_released_before_a_kill_was_recorded(process: Process) -> None:
    """The recorder answers after its commit: without that some plaintext here would have no leaf."""
    released: list[str] = []
    values = [sealed(Unsealer(Socket(process.socket))) for _ in range(4)]

    def read(number: int) -> None:
        client, actor = Unsealer(Socket(process.socket)), f"user:{values[number].tenant}"
        with pytest.raises(VaultError, match="unsealer-away"):
            while True:
                token = client.begin(own(values[number]))
                client.open(token, [values[number]])
                released.append(actor)
                client.end(token)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    actors = [f"user:{one.tenant}" for one in values]
    eventually(lambda: len(released) > 100 and all(map(released.count, actors)), patience=60)
    process.kill()
    for thread in threads:
        thread.join(20)
    for actor in actors:
        assert LeafBody.objects.filter(actor=actor, type=LeafType.OPENING).count() >= released.count(actor) > 0
    positions = list(Leaf.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(len(positions)))


def test_without_roots_it_does_not_start(folder: Path) -> None:
    code, said = Process(folder / "unsealer.sock", ROOT_KEYS_FILE=str(folder / "none.json")).start().fails()
    assert code == 1
    assert said.startswith("CommandError: The unsealer cannot start: missing-root:")
    assert not (folder / "none.json").exists()


def test_with_the_roots_of_another_installation_it_does_not_start_and_overwrites_nothing(
    process: Process, client: Unsealer, folder: Path
) -> None:
    one = sealed(client)
    before = list(DataKey.objects.order_by("key_id").values_list())
    create_file(folder / "other.json")
    code, said = Process(folder / "other.sock", ROOT_KEYS_FILE=str(folder / "other.json")).start().fails()
    assert (code, "wrong-root" in said) == (1, True)
    assert list(DataKey.objects.order_by("key_id").values_list()) == before
    assert client.open(client.begin(own(one)), [one])


def test_without_the_name_of_a_socket_it_does_not_start(folder: Path) -> None:
    code, said = Process(folder / "unsealer.sock", UNSEALER_SOCKET="").start().fails()
    assert (code, "UNSEALER_SOCKET is not set" in said) == (1, True)


_DISCLOSE = """
import json, sys
import django
django.setup()
from accounts.models import User
from ledger.actor import Actor
from vault.disclosure import disclose
from vault.purposes import Purpose
user = User.objects.create_user("zoe@example.com", None, name="Zoe")
user = User.objects.get(pk=user.pk)
person = {"actor": Actor.user(user.pk), "tenant": user.pk, "subjects": [user.pk]}
with disclose(Purpose.OWN_ACCOUNT, fields=[User.email], **person) as scope:
    address = scope.open(user.email)
held = [name for name in ("vault.keyring", "vault.roots", "vault.unsealer.server") if name in sys.modules]
print(json.dumps([address, held]))
"""


def test_who_opens_through_the_process_never_loads_a_key(process: Process, folder: Path) -> None:
    world = environment(process.socket, {"ROOT_KEYS_FILE": "/nonexistent/roots.json"})
    command = (sys.executable, "-c", _DISCLOSE)
    done = subprocess.run(command, env=world, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["zoe@example.com", []]


@pytest.mark.skipif(os.environ.get("VAULT_DATABASE_URL", "").startswith("postgres"), reason="bounds an SQLite file")
def test_when_the_disk_is_full_nothing_opens(transactional_db: None) -> None:
    client = Unsealer(InProcess(Keyring(roots())))
    one = sealed(client)
    client.begin(own(one))
    connections["vault"].cursor().execute("VACUUM")  # no free pages of earlier tests
    unbounded = _pages("PRAGMA max_page_count")
    _pages(f"PRAGMA max_page_count = {_pages('PRAGMA page_count') + 2}")
    with pytest.raises(VaultError, match="not-recorded") as failure:
        for _ in range(500):
            client.end(client.begin(own(one)))
    assert not failure.value.permanent
    before = Leaf.objects.count()
    with pytest.raises(VaultError, match="not-recorded"):
        client.begin(own(one))
    assert Leaf.objects.count() == before
    _pages(f"PRAGMA max_page_count = {unbounded}")
    client.begin(own(one))


def _pages(pragma: str) -> int:
    with connections["vault"].cursor() as cursor:
        return int(cursor.execute(pragma).fetchone()[0])
