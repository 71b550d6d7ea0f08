"""Approving a grant: another than who asked signs just what was asked, and the signature counts."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from ledger.actor import Actor
from tests.vault.granting import ANA, Approvers, approved, open_email, requested
from vault.errors import VaultError
from vault.grants import approve_grant
from vault.models import Grant
from vault.signing import signed_text
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["bo", "Bo", " bo", "bo ", "b\u043e"])
def test_nobody_approves_their_own_request_in_any_spelling(zoe: User, approvers: Approvers, name: str) -> None:
    grant = requested(zoe)
    with pytest.raises(VaultError, match="refused"):
        approve_grant(Actor.staff(name), key=approvers.keys["staff:bo"], grant=grant, hours=1)
    assert Grant.objects.get().signature is None


def test_the_database_itself_refuses_an_approver_who_asked(zoe: User) -> None:
    grant = requested(zoe)
    with pytest.raises(DatabaseError), transaction.atomic(using="vault"):
        Grant.objects.filter(pk=grant.pk).update(approver="staff:bo")


@pytest.mark.parametrize("hours", [0, -1, 12.01, float("nan")])
def test_a_grant_lasts_twelve_hours_at_most(zoe: User, approvers: Approvers, hours: float) -> None:
    with pytest.raises(VaultError, match="twelve hours at most"):
        approved(zoe, approvers, hours=hours)


def test_a_request_that_was_edited_before_it_was_approved_does_not_start(zoe: User, approvers: Approvers) -> None:
    seen = requested(zoe)
    Grant.objects.filter(pk=seen.pk).update(maximum=500)
    with pytest.raises(VaultError, match="grant-forged"):
        approve_grant(ANA, key=approvers.keys["staff:ana"], grant=seen, hours=1)
    with pytest.raises(VaultError, match="grant-forged"):
        open_email(zoe, seen)


def test_a_grant_that_was_signed_and_not_started_opens_nothing_and_can_be_signed_again(
    zoe: User, approvers: Approvers
) -> None:
    grant = requested(zoe)
    with pytest.raises(VaultError, match="grant-forged"):
        approve_grant(ANA, key=approvers.keys["staff:bo"], grant=grant, hours=1)
    approve_grant(ANA, key=approvers.keys["staff:ana"], grant=grant, hours=1)
    assert open_email(zoe, grant) == "zoe@example.com"
    with pytest.raises(VaultError, match="grant-started"):
        approve_grant(ANA, key=approvers.keys["staff:ana"], grant=grant, hours=1)
    with pytest.raises(VaultError, match="grant-started"):
        unsealer().start_grant(grant.pk)


def test_a_started_grant_that_an_approver_signs_anew_opens_nothing_more(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers)
    grant.maximum = 900
    grant.signature = approvers.keys["staff:ana"].sign(signed_text(grant, unsealer().public_key()))
    grant.save()
    with pytest.raises(VaultError, match="grant-forged"):
        open_email(zoe, grant)


def test_a_removed_approver_is_out_at_once(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers)
    del approvers.keys["staff:ana"]
    approvers.admit()
    with pytest.raises(VaultError, match="grant-forged"):
        open_email(zoe, grant)


@pytest.mark.parametrize("content", ["[]", '{"staff:ana": 1}', "not json"])
def test_an_unreadable_file_of_approvers_opens_nothing(
    zoe: User, approvers: Approvers, settings: Any, content: str
) -> None:
    grant = approved(zoe, approvers)
    settings.APPROVERS_FILE.write_text(content)
    with pytest.raises(VaultError, match="unreadable-approvers"):
        open_email(zoe, grant)


def test_without_a_file_of_approvers_nothing_is_approved(zoe: User, approvers: Approvers, settings: Any) -> None:
    grant = approved(zoe, approvers)
    settings.APPROVERS_FILE.unlink()
    with pytest.raises(VaultError, match="grant-forged"):
        open_email(zoe, grant)


def test_an_approver_whose_key_is_not_plain_base64_approves_nothing(
    zoe: User, approvers: Approvers, settings: Any
) -> None:
    grant = approved(zoe, approvers)
    keys = json.loads(settings.APPROVERS_FILE.read_text())
    settings.APPROVERS_FILE.write_text(json.dumps({name: f"{key[:9]}!{key[9:]}" for name, key in keys.items()}))
    with pytest.raises(VaultError, match="grant-forged"):
        open_email(zoe, grant)
