"""What the unsealer answers when something is not as it should be: the code, and whether trying again can help."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from accounts.models import User
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import Checkpoint, Leaf, LeafType, Log
from ledger.notes import open_note
from tests.vault.granting import ANA, Approvers, approved
from vault.errors import VaultError
from vault.grants import close_grant
from vault.models import DataKey
from vault.planes import Plane
from vault.unsealer import grants, unsealer

pytestmark = pytest.mark.django_db


def test_a_vault_database_that_does_not_answer_may_come_back() -> None:
    with connections["vault"].cursor() as cursor:
        cursor.execute("ALTER TABLE vault_datakey RENAME TO away")
    with pytest.raises(VaultError) as failure:
        unsealer().rewrap(0)
    assert (failure.value.code, failure.value.permanent) == ("vault-away", False)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": LeafType.OPENING},
        {"actor": "x" * 201},
        {"more": {"unheard": "of"}},
        {"event": None},
        {"grant": new_id()},
        {"purpose": "sms"},
    ],
)
def test_what_is_no_event_is_refused_for_good_and_not_recorded(changes: dict[str, Any]) -> None:
    event = {"tenant": new_id(), "type": LeafType.EVENT, "actor": "system:test", "event": new_id(), "more": {}}
    with pytest.raises(VaultError) as refusal:
        unsealer().record([Entry(**(event | changes))])
    assert (refusal.value.code, refusal.value.permanent) == ("refused", True)
    assert not Leaf.objects.exists()


def test_grants_that_ran_out_are_counted_and_one_that_somebody_closes_meanwhile_is_no_failure(
    zoe: User, approvers: Approvers, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = [approved(zoe, approvers, hours=1) for _ in range(3)]
    Log.objects.update(at=int((datetime.now(UTC) + timedelta(hours=2)).timestamp() * 1_000_000))
    found = sorted(grants.expired(), key=lambda grant: grant != first.pk)
    monkeypatch.setattr(grants, "expired", lambda: found)
    close_grant(ANA, grant=first.pk)
    assert unsealer().close_expired() == 2


def test_the_public_key_is_the_one_that_checkpoints_are_signed_with() -> None:
    signed = Checkpoint.objects.get(pk=unsealer().sign_checkpoint())
    assert open_note(signed.text, unsealer().public_key()).size == signed.size


def test_the_log_is_signed_as_it_is_now_unless_a_checkpoint_of_a_while_ago_will_do() -> None:
    first = unsealer().sign_checkpoint()
    _record()
    second = unsealer().sign_checkpoint()
    _record()
    assert Checkpoint.objects.get(pk=second).size == Checkpoint.objects.get(pk=first).size + 1
    assert unsealer().sign_checkpoint(within=60) == second
    assert Checkpoint.objects.get(pk=unsealer().sign_checkpoint()).size == Leaf.objects.count()


def _record() -> None:
    event = {"tenant": new_id(), "type": LeafType.EVENT, "actor": "system:test", "event": new_id(), "more": {}}
    unsealer().record([Entry(**event)])


def test_an_old_key_is_marked_as_idle_until_something_refers_to_it_again(zoe: User) -> None:
    version = unsealer().rotate("operator:command-line", zoe.pk, Plane.CUSTOMER_DATA)
    old = DataKey.objects.filter(tenant=zoe.pk, version=version - 1)
    unsealer().mark_idle(zoe.pk, Plane.CUSTOMER_DATA, version - 1)
    assert old.get().retired_at
    unsealer().mark_idle(zoe.pk, Plane.CUSTOMER_DATA, version - 1, idle=False)
    assert old.get().retired_at is None
