"""Leaving a disclosure scope over a socket, whether or not the unsealer still answers."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from ledger.actor import Actor
from tests.conftest import person
from tests.vault.unsealer.running import Thread
from vault.disclosure import disclose
from vault.errors import VaultError
from vault.purposes import Purpose
from vault.unsealer import unsealer

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
