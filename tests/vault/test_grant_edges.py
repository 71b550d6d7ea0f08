"""Grants at their edges: what a refusal leaves behind, and which code the caller gets to decide by."""

import pytest

from accounts.models import User
from ledger.ids import new_id
from tests.vault.granting import ANA, EMAIL, NAME, Approvers, approved, requested
from vault.errors import VaultError
from vault.grants import approve_grant
from vault.models import Grant
from vault.purposes import RULES, Purpose, Rule

pytestmark = pytest.mark.django_db


def test_who_signs_a_started_grant_again_is_refused_before_its_row_is_touched(zoe: User, approvers: Approvers) -> None:
    grant = approved(zoe, approvers, hours=1)
    before = Grant.objects.values().get()
    with pytest.raises(VaultError, match="grant-started"):
        approve_grant(ANA, key=approvers.keys["staff:ana"], grant=grant, hours=12)
    assert Grant.objects.values().get() == before


def test_a_wrong_duration_and_a_field_too_many_are_refusals_for_good(
    zoe: User, approvers: Approvers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(VaultError) as refusal:
        approved(zoe, approvers, hours=13)
    assert (refusal.value.code, refusal.value.permanent) == ("refused", True)
    narrow = Rule("narrow", frozenset({NAME}), frozenset({"staff"}), granted=True)
    monkeypatch.setitem(RULES, Purpose.SUPPORT_REQUEST, narrow)
    with pytest.raises(VaultError, match=r"not open accounts\.User\.email, accounts\.User\.phone") as refusal:
        requested(zoe, fields=["accounts.User.phone", NAME, EMAIL])
    assert (refusal.value.code, refusal.value.permanent) == ("refused", True)


def test_a_grant_names_ten_thousand_rows_at_most(zoe: User) -> None:
    assert requested(zoe, subjects=[zoe.pk] * 10_000).subjects == [str(zoe.pk)]
    with pytest.raises(VaultError, match=r"refused: .*10,000"):
        requested(zoe, subjects=[zoe.pk] * 10_001)


def test_rows_that_are_not_there_are_named_one_by_one(zoe: User) -> None:
    missing = sorted(new_id() for _ in range(2))
    with pytest.raises(VaultError, match=f"has these fields: {missing[0]}, {missing[1]}[.]"):
        requested(zoe, subjects=[zoe.pk, *missing])
