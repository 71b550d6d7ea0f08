"""Recovery codes: ten, shown once, one use each, kept as hashes."""

import math
import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.factors import recovery
from accounts.models import RecoveryCode, User
from ledger.models import Action, AuditEvent
from notifications import outbox
from tests.support.factors import with_app, with_codes

pytestmark = pytest.mark.django_db
URL = "/account/security/recovery-codes/"


def test_ten_codes_of_sixty_bits_without_lookalikes() -> None:
    codes = recovery.new_codes()
    assert len(set(codes)) == 10
    letters = set("".join(recovery.new_codes()[0] for _ in range(300))) - {"-"}
    assert len(letters) == 32
    assert not letters & set("ILOU")
    assert all(re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", code) for code in codes)
    assert math.log2(len(letters)) * 12 >= 50


def test_a_code_works_once_however_it_is_typed(owner: User, outsider: User) -> None:
    with_app(owner)
    first, second, third, *_ = with_codes(owner)
    assert not recovery.use(outsider, first)
    assert recovery.use(owner, first)
    assert not recovery.use(owner, first)
    assert recovery.use(owner, f" {second.lower().replace('-', ' ')} ")
    assert recovery.use(owner, third.replace("0", "o").replace("1", "l"))
    assert not recovery.use(owner, "")
    assert not recovery.use(owner, "ÄÖÜ")


def test_a_new_set_ends_the_old_one(owner: User) -> None:
    with_app(owner)
    old, new = with_codes(owner), with_codes(owner)
    assert not recovery.use(owner, old[0])
    assert recovery.use(owner, new[0])
    assert RecoveryCode.objects.count() == 10
    assert AuditEvent.objects.filter(action=Action.RECOVERY_CODES_MADE).count() == 2


def test_codes_are_shown_in_one_answer_and_kept_as_keyed_hashes(as_owner: Client, owner: User) -> None:
    with_app(owner)
    answer = as_owner.post(URL)
    codes = answer.context["codes"]
    assert all(code in answer.content.decode() for code in codes)
    assert "no-store" in answer["Cache-Control"]
    assert not any(code in as_owner.get(URL).content.decode() for code in codes)
    kept = str(list(RecoveryCode.objects.values_list()))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    (one,) = recovery.hash_codes(owner, codes[:1])
    assert RecoveryCode.objects.filter(user=owner, code_hash=one).exists()


def test_who_has_no_factor_needs_none(as_owner: Client) -> None:
    assert as_owner.get(URL)["Location"] == "/account/security/"
    assert as_owner.post(URL)["Location"] == "/account/security/"
    assert not RecoveryCode.objects.exists()


def test_using_one_is_recorded_and_told_with_how_many_are_left(owner: User, mailoutbox: list[object]) -> None:
    with_app(owner)
    codes = with_codes(owner)
    recovery.use(owner, codes[0])
    event = AuditEvent.objects.get(action=Action.RECOVERY_CODE_USED)
    assert event.payload == {"left": 9}
    for claim in outbox.claim_due(timezone.now()):
        outbox.send(claim.id, claim.attempt)
    made, letter = mailoutbox
    assert made.subject == "New recovery codes were made for your account"  # type: ignore[attr-defined]
    assert letter.to == ["olivia@example.com"]  # type: ignore[attr-defined]
    assert "9" in letter.body  # type: ignore[attr-defined]
    assert codes[0] not in letter.body  # type: ignore[attr-defined]
