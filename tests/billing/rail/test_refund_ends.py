"""How refunds end: paid or back as credit, once, whatever answer is lost and whatever comes late; with their tax."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from billing.models import (
    Account,
    BillingAccount,
    CreditLot,
    IntentState,
    Kind,
    Posting,
    RefundStatus,
    StripeIntent,
    TopUp,
)
from billing.models.stripe_intent import KEY_LIFETIME
from billing.rail.carrying import carry_out_due
from billing.rail.effects.refunds import settle_refund
from billing.rail.errors import Mismatch
from billing.rail.refunds import get_repayment
from billing.sweeping import expire_credit
from catalog.money import CENT
from ledger.actor import Actor
from tests.billing.rail.conftest import buy, hear, settle, troubles
from tests.billing.rail.test_refunds import balances, charge_of, refund
from tests.support.stripe import DAY, Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


@pytest.mark.parametrize("succeeds", [True, False])
def test_one_that_is_pending_at_stripe_ends_when_its_bank_says_how(
    account: BillingAccount, lot: CreditLot, stripe: Stripe, succeeds: bool
) -> None:
    stripe.control("refunds", how="pending")
    asked = refund(lot, 700)
    hear(stripe)
    asked.refresh_from_db()
    assert asked.is_pending
    stripe.control(f"refunds/{asked.stripe_refund}/settlement", succeeds=succeeds)
    hear(stripe)
    asked.refresh_from_db()
    lot.refresh_from_db()
    assert (asked.is_pending, lot.remaining) == (False, (1300 if succeeds else 2000) * CENT)
    assert balances().get("refunds", 0) == 0
    assert TopUp.objects.get().refunded == (700 if succeeds else 0)


def test_money_that_comes_back_days_later_is_credit_again(lot: CreditLot, stripe: Stripe) -> None:
    before = balances()
    stripe.control("refunds", how="fails")
    asked = refund(lot, 700)
    hear(stripe)
    asked.refresh_from_db()
    assert asked.status == RefundStatus.PAID
    stripe.advance(2 * DAY)
    hear(stripe)
    asked.refresh_from_db()
    assert (asked.status, asked.failure) == (RefundStatus.FAILED, "expired-or-canceled-card")
    assert balances() == before


def test_what_comes_back_after_the_lot_expired_expires_too(lot: CreditLot, stripe: Stripe) -> None:
    stripe.control("refunds", how="pending")
    asked = refund(lot, 700)
    settle()
    CreditLot.objects.update(expires_at=timezone.now())
    assert expire_credit() == 1
    asked.refresh_from_db()
    stripe.control(f"refunds/{asked.stripe_refund}/settlement", succeeds=False)
    hear(stripe)
    assert expire_credit() == 1
    assert balances()["breakage"] == -2000


def test_what_stripe_refuses_is_credit_again(lot: CreditLot, stripe: Stripe) -> None:
    stripe.control("disputes", charge=charge_of(stripe))
    asked = refund(lot, 700)  # nobody has told us of the dispute
    settle()
    asked.refresh_from_db()
    assert (asked.status, asked.failure) == (RefundStatus.FAILED, "charge-disputed")
    hear(stripe)
    lot.refresh_from_db()
    assert lot.remaining == 2000 * CENT


@pytest.mark.parametrize("mode", ["cut", "failed", "lost", "409", "429", "500"])
@pytest.mark.parametrize("has_invoice", [True, False])
def test_a_lost_answer_is_no_second_refund(lot: CreditLot, stripe: Stripe, mode: str, has_invoice: bool) -> None:
    if not has_invoice:
        TopUp.objects.update(stripe_invoice="")
    asked = refund(lot, 700)
    stripe.fail(mode, times=1, path="/v1/credit_notes" if has_invoice else "/v1/refunds", method="POST")
    for _ in range(3):
        carry_out_due(timezone.now())
        StripeIntent.objects.filter(state=IntentState.OPEN).update(next_at=timezone.now(), leased_until=None)
    asked.refresh_from_db()
    assert asked.status == RefundStatus.PAID
    assert [each.amount for each in stripe.client().v1.refunds.list().data] == [700]


def test_after_a_day_it_is_looked_for_before_it_is_sent_again(lot: CreditLot, stripe: Stripe) -> None:
    asked = refund(lot, 700)
    stripe.fail("cut", times=1, path="/v1/credit_notes", method="POST")
    settle()
    past = timezone.now() - KEY_LIFETIME
    StripeIntent.objects.filter(subject_id=asked.pk).update(first_sent_at=past, next_at=past, key="ik_new")
    settle()
    asked.refresh_from_db()
    assert asked.status == RefundStatus.PAID
    assert len(stripe.client().v1.refunds.list().data) == 1


def test_a_webhook_that_is_faster_than_our_note_of_it_waits(lot: CreditLot, stripe: Stripe) -> None:
    asked = refund(lot, 700)
    stripe.fail("cut", times=1, path="/v1/credit_notes", method="POST")
    hear(stripe)
    asked.refresh_from_db()
    assert asked.is_pending
    assert troubles() == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"cents": 699}, "amount"), ({"payment": "pi_1"}, "payment"), ({"currency": "eur"}, "currency")],
)
def test_what_does_not_fit_has_no_effect(lot: CreditLot, stripe: Stripe, changed: dict[str, Any], reason: str) -> None:
    stripe.control("refunds", how="pending")
    asked = refund(lot, 700)
    settle()
    asked.refresh_from_db()
    found = replace(get_repayment(asked.stripe_refund), status="succeeded", **changed)
    with pytest.raises(Mismatch, match=reason):
        settle_refund(asked, found)
    asked.refresh_from_db()
    assert asked.is_pending


def test_tax_is_paid_back_with_the_credit_and_is_no_money_of_ours(
    account: BillingAccount, stripe: Stripe, settings: Any
) -> None:
    settings.STRIPE_TAX = True
    stripe.control("taxes", DE=19)
    address = {"country": "DE", "line1": "Allee 1", "city": "Berlin", "postal_code": "10115"}
    stripe.submit(buy(account, 2000).stripe_session, address=address)
    hear(stripe)
    asked = refund(CreditLot.objects.get(), 1000)
    hear(stripe)
    asked.refresh_from_db()
    assert (asked.status, asked.total, troubles()) == (RefundStatus.PAID, 1190, [])
    posted = Posting.objects.filter(transaction__kind=Kind.REFUND_PAID).values_list("account", "amount")
    assert dict(posted) == {Account.REFUNDS: 1000 * CENT, Account.TAX: 190 * CENT, Account.CLEARING: -1190 * CENT}
    assert balances()["tax"] == -190
