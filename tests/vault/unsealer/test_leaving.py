"""Leaving a disclosure scope over a socket, whether or not the unsealer still answers."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from ledger.actor import Actor
from ledger.models import LeafBody, LeafType
from tests.conftest import person
from tests.vault.unsealer.running import Thread, own, sealed
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.purposes import Purpose
from vault.unsealer import Unsealer, unsealer
from vault.unsealer.socket_client import Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def over_socket(thread: Thread, settings: Any) -> Iterator[Thread]:
    settings.UNSEALER_SOCKET = thread.socket
    unsealer.cache_clear()
    yield thread
    unsealer.cache_clear()


def own_account(user: User) -> Any:
    subjects: dict[str, Any] = {"tenant": user.pk, "subjects": [user.pk]}
    return disclose(Purpose.OWN_ACCOUNT, actor=Actor.user(user.pk), fields=[User.email], **subjects)


def test_a_scope_that_was_left_is_closed_and_no_broken_request(over_socket: Thread) -> None:
    zoe = User.objects.get(pk=person("zoe@example.com").pk)
    with own_account(zoe) as scope:
        assert scope.open(zoe.email) == "zoe@example.com"
    with pytest.raises(VaultError, match="scope-closed"):
        scope.open(zoe.email)


def test_a_scope_can_be_left_although_the_unsealer_is_gone(over_socket: Thread) -> None:
    zoe = User.objects.get(pk=person("zoe@example.com").pk)
    with own_account(zoe) as scope:
        opened = scope.open(zoe.email)
        over_socket.stop()
        unsealer()._transport.close()  # type: ignore[attr-defined]
    assert opened == "zoe@example.com"


def test_a_scope_that_was_left_is_closed_on_the_next_connection_too(thread: Thread) -> None:
    socket = Socket(thread.socket)
    client = Unsealer(socket)
    one = sealed(client)
    token = client.begin(own(one))
    client.end(token)
    socket.close()
    with pytest.raises(VaultError, match="scope-closed"):
        client.open(token, [one])


def test_a_scope_that_went_with_its_connection_is_away_until_it_is_left(thread: Thread) -> None:
    socket = Socket(thread.socket)
    client = Unsealer(socket)
    one = sealed(client)
    token = client.begin(own(one))
    socket.close()
    for _ in range(2):
        with pytest.raises(VaultError, match="unsealer-away") as failure:
            client.open(token, [one])
        assert not failure.value.permanent
    assert not LeafBody.objects.filter(type=LeafType.REFUSAL).exists()
    client.end(token)
    with pytest.raises(VaultError, match="scope-closed"):
        client.open(token, [one])
    assert client.open(client.begin(own(one)), [one])
