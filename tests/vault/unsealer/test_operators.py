"""Keys are made and destroyed by the operators' socket alone: who serves customers can't destroy what is theirs."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from ledger.models import LeafBody, LeafType
from tests.vault.unsealer.running import Thread, own, sealed
from vault.errors import VaultError
from vault.models import DataKey
from vault.planes import Plane
from vault.unsealer import Unsealer
from vault.unsealer.messages import AnyRequest, Request, Value
from vault.unsealer.socket_client import Line, Socket
from vault.unsealer.sockets import operators_socket

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR, DATA = "operator:command-line", Plane.CUSTOMER_DATA
VERBS = {"Reseal", "ReindexEmails", "Rotate", "Retire", "Idle", "Rewrap", "Shred", "DropBodies"}


def ask_everything(unsealer: Unsealer, one: Value) -> Iterator[str]:
    """Ask for all that is for operators, and yield what was refused and how."""
    tenant: UUID = one.tenant
    for name, ask in {
        "Reseal": lambda: unsealer.reseal(OPERATOR, [one]),
        "ReindexEmails": lambda: unsealer.reindex_emails(OPERATOR, [one]),
        "Rotate": lambda: unsealer.rotate(OPERATOR, tenant, DATA),
        "Idle": lambda: unsealer.mark_idle(tenant, DATA, 1),
        "Rewrap": lambda: unsealer.rewrap(0),
        "Retire": lambda: unsealer.retire(OPERATOR, tenant, DATA, 1),
        "Shred": lambda: unsealer.shred(OPERATOR, tenant),
        "DropBodies": lambda: unsealer.drop_bodies(tenant),
    }.items():
        try:
            ask()
        except VaultError as error:
            yield f"{name} {error.code}"


def test_by_the_common_socket_nothing_is_made_or_destroyed(thread: Thread) -> None:
    common = Unsealer(Line(thread.socket))
    one = sealed(common)
    keys = list(DataKey.objects.order_by("key_id").values_list())
    assert set(ask_everything(common, one)) == {f"{verb} operators-only" for verb in VERBS}
    assert list(DataKey.objects.order_by("key_id").values_list()) == keys
    assert not LeafBody.objects.filter(tenant=one.tenant).exists()
    assert common.open(common.begin(own(one)), [one])


def test_by_the_operators_socket_it_is(thread: Thread) -> None:
    one = sealed(thread.client())
    assert list(ask_everything(Unsealer(Line(operators_socket(thread.socket))), one)) == []
    assert [body.type for body in LeafBody.objects.filter(tenant=one.tenant)] == [LeafType.DESTRUCTION]


def test_a_client_finds_the_socket_for_what_it_asks(thread: Thread) -> None:
    assert list(ask_everything(thread.client(), sealed(thread.client()))) == []


def test_what_is_for_everybody_needs_no_way_to_the_operators_socket(thread: Thread) -> None:
    operators_socket(thread.socket).unlink()
    client = thread.client()
    one = sealed(client)
    assert client.open(client.begin(own(one)), [one])
    with pytest.raises(VaultError, match="unsealer-away"):
        client.rewrap(0)


def test_just_these_requests_are_for_operators() -> None:
    requests: tuple[type[Request], ...] = AnyRequest.__args__  # type: ignore[attr-defined]
    assert {request.__name__ for request in requests if request.for_operators} == VERBS


def test_a_group_is_not_let_in_by_the_operators_socket_and_both_go_with_the_server(folder: Path) -> None:
    thread = Thread(folder / "group.sock", group=folder.group()).start()
    operators = operators_socket(thread.socket)
    assert operators == folder / "group.operators"
    assert (stat.S_IMODE(operators.stat().st_mode), operators.owner()) == (0o600, thread.socket.owner())
    thread.stop()
    assert list(folder.iterdir()) == []


def test_who_may_not_open_a_socket_is_told_so_for_good(folder: Path, thread: Thread) -> None:
    client = Socket(thread.socket)
    with as_somebody_else(folder), pytest.raises(VaultError, match="not-admitted") as failure:
        Unsealer(client).rewrap(0)
    assert failure.value.permanent
    assert Unsealer(client).rewrap(0) == 0


@contextmanager
def as_somebody_else(folder: Path) -> Iterator[None]:
    """Be one to whom the folder is closed; root has to be somebody else for that."""
    user = os.geteuid()
    folder.chmod(0)
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o700)
