"""Signed rows: a good signature is not enough, and a grant's time counts to the microsecond."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from ledger.append import append_leaf
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import LeafType, Log
from tests.support.ledger import PEN
from tests.vault.granting import ANA, Approvers, approved, open_email, requested
from vault.errors import VaultError
from vault.grants import close_grant
from vault.models import Grant
from vault.purposes import RULES, Purpose
from vault.signing import signed_text
from vault.unsealer import grants, unsealer

pytestmark = pytest.mark.django_db


def sign(grant: Grant, approvers: Approvers, **changes: Any) -> Grant:
    """Let an approver's key sign whatever the row says, as a tool of one's own could."""
    now = datetime.now(UTC)
    usual = {"approver": "staff:ana", "approved_at": now, "until": now + timedelta(hours=1)}
    for name, value in (usual | changes).items():
        setattr(grant, name, value)
    grant.signature = approvers.keys[grant.approver].sign(signed_text(grant, unsealer().public_key()))
    grant.save()
    return grant


def set_clock(time: datetime) -> None:
    """Let the newest leaf be of `time`, which the unsealer's clock never goes behind."""
    append_leaf(Entry(new_id(), LeafType.EVENT, "system:test", event=new_id()), pen=PEN)
    Log.objects.update(at=round(time.timestamp() * 1_000_000))


def test_a_signed_row_of_a_requester_who_is_not_of_staff_does_not_start(zoe: User, approvers: Approvers) -> None:
    grant = sign(requested(zoe), approvers, requester=f"user:{zoe.pk}")
    with pytest.raises(VaultError, match="grant-forged"):
        unsealer().start_grant(grant.pk)


def test_a_signed_row_of_an_approver_who_is_not_of_staff_does_not_start(zoe: User, approvers: Approvers) -> None:
    approvers.admit("operator:command-line")
    grant = sign(requested(zoe), approvers, approver="operator:command-line")
    with pytest.raises(VaultError, match="grant-forged"):
        unsealer().start_grant(grant.pk)


@pytest.mark.parametrize(
    "changes",
    [{"purpose": "own-account"}, {"purpose": "re-keying"}, {"fields": ["notifications.SigningSecret.secret"]}],
)
def test_a_signed_row_that_the_table_of_purposes_does_not_have_does_not_start(
    zoe: User, approvers: Approvers, changes: dict[str, Any]
) -> None:
    grant = sign(requested(zoe), approvers, **changes)
    with pytest.raises(VaultError, match="grant-forged"):
        unsealer().start_grant(grant.pk)


def test_a_grant_may_name_every_field_that_its_purpose_opens(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers, fields=sorted(RULES[Purpose.SUPPORT_REQUEST].fields))
    assert open_email(zoe, grant) == "zoe@example.com"


def test_a_grant_is_in_force_from_the_microsecond_of_its_approval(zoe: User, approvers: Approvers) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    grant = sign(requested(zoe), approvers, approved_at=soon, until=soon + timedelta(hours=1))
    set_clock(soon - timedelta(microseconds=1))
    with pytest.raises(VaultError, match="grant-expired"):
        unsealer().start_grant(grant.pk)
    set_clock(soon)
    unsealer().start_grant(grant.pk)


def test_a_grant_has_ended_in_the_microsecond_that_was_signed(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers, hours=1)
    assert grant.until
    set_clock(grant.until - timedelta(microseconds=1))
    assert open_email(zoe, grant) == "zoe@example.com"
    assert grants.expired() == []
    set_clock(grant.until)
    with pytest.raises(VaultError, match="grant-expired"):
        open_email(zoe, grant)
    assert grants.expired() == [grant.pk]


def test_what_ran_out_is_each_grant_once_and_none_that_was_closed(zoe: User, approvers: Approvers) -> None:
    closed, used, waiting = (approved(zoe, approvers, hours=1) for _ in range(3))
    close_grant(ANA, grant=closed.pk)
    open_email(zoe, used)
    set_clock(datetime.now(UTC) + timedelta(hours=2))
    assert sorted(grants.expired()) == sorted([used.pk, waiting.pk])
