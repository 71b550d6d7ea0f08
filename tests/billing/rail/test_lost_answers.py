"""Answers that are lost after Stripe has done what it was asked: no second charge, and no purchase that is forgotten.

RAIL_LOSSES sets how many purchases lose an answer; the suite takes a hundred.
"""

import os
from datetime import timedelta
from itertools import cycle, islice
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from billing.actions.recharge import CONFIRM_WITHIN, RECHARGER
from billing.actions.topups import begin, checkout_url, start_top_up
from billing.models import BillingAccount, Deed, IntentState, Origin, StripeIntent, TopUp, TopUpStatus
from billing.models.stripe_intent import KEY_LIFETIME
from billing.rail import client, outbox
from billing.rail.carrying import carry_out, carry_out_due
from billing.rail.deeds.customers import customer_of
from billing.rail.errors import RailError
from billing.rail.waits import MOST_ATTEMPTS
from catalog.money import CENT
from ledger.actor import Actor
from tests.billing.rail.conftest import hear, troubles
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
LOSSES = int(os.environ.get("RAIL_LOSSES", "100"))
OPERATOR = Actor.operator()
# cut: it is done, and the connection breaks off. failed: it is done, and answered with 500, under its key from then on.
HOW = ("cut", "failed", "lost", "409", "429", "500")
ASKED = ("/v1/payment_methods", "/v1/customers")
WHERE = ("/v1/invoices", "/v1/invoiceitems", "/finalize", "/pay", *ASKED)


def begin_recharge(account: BillingAccount) -> TopUp:
    until = timezone.now() + CONFIRM_WITHIN
    return begin(RECHARGER, account.pk, Origin.AUTO, cents=2000, creator=None, expires_at=until)


def persist() -> None:
    """Be the worker for as long as it takes: time passes for what waits, and for nothing else."""
    for _ in range(MOST_ATTEMPTS):
        StripeIntent.objects.filter(state=IntentState.OPEN).update(next_at=timezone.now(), leased_until=None)
        carry_out_due()
        if not StripeIntent.objects.filter(state=IntentState.OPEN).exists():
            return


def charges(stripe: Stripe) -> list[int]:
    found = stripe.client().v1.charges.list({"limit": 100}).auto_paging_iter()
    return [charge.amount for charge in found if charge.paid]


def test_recharges_that_lose_answers_are_charged_once(account: BillingAccount, stripe: Stripe) -> None:
    stripe.save_card(customer_of(account.pk))
    order = Random(11)
    for mode, where in islice(cycle([(mode, where) for where in WHERE for mode in HOW]), LOSSES):
        top_up = begin_recharge(account)
        before = _attempts(top_up) if where.startswith("/v1/") else _begun(stripe, top_up)
        path = where if where.startswith("/v1/") else f"/v1/invoices/{top_up.stripe_invoice}{where}"
        stripe.fail(mode, times=order.choice((1, 1, 2)), path=path, method="GET" if where in ASKED else "POST")
        persist()
        top_up.refresh_from_db()
        assert (top_up.is_paid, _attempts(top_up) > before + 1) == (True, True), (mode, where, top_up.failure)
    hear(stripe)
    account.refresh_from_db()
    assert charges(stripe) == [2000] * LOSSES
    assert len(list(stripe.client().v1.invoices.list({"limit": 100}).auto_paging_iter())) == LOSSES
    assert account.balance == 2000 * CENT * LOSSES
    assert troubles() == []


def test_a_silence_is_an_answer_that_is_lost(account: BillingAccount, stripe: Stripe, monkeypatch: Any) -> None:
    stripe.save_card(customer_of(account.pk))
    monkeypatch.setattr(client, "TIMEOUT", (1.0, 0.2))
    client._client.cache_clear()
    top_up = begin_recharge(account)
    stripe.fail("hang", times=2, path="/v1/invoices", method="POST", seconds=0.6)
    persist()
    client._client.cache_clear()
    top_up.refresh_from_db()
    assert (top_up.is_paid, charges(stripe)) == (True, [2000])


@pytest.mark.parametrize("mode", HOW)
def test_a_checkout_that_loses_its_answer_is_opened_once(account: BillingAccount, stripe: Stripe, mode: str) -> None:
    customer_of(account.pk)
    top_up = start_top_up(OPERATOR, account.pk, cents=2000)
    stripe.fail(mode, path="/v1/checkout/sessions", method="POST")
    with pytest.raises(RailError):
        checkout_url(top_up)
    assert checkout_url(top_up).startswith(stripe.url)
    assert len(stripe.client().v1.checkout.sessions.list().data) == 1


@pytest.mark.parametrize("mode", ["cut", "failed"])
def test_a_customer_is_made_once(account: BillingAccount, stripe: Stripe, mode: str) -> None:
    stripe.fail(mode, path="/v1/customers", method="POST")
    with pytest.raises(RailError):
        customer_of(account.pk)
    made = customer_of(account.pk)
    assert [each.id for each in stripe.client().v1.customers.list().data] == [made]


def test_after_a_day_it_is_looked_for_and_not_sent_again(account: BillingAccount, stripe: Stripe) -> None:
    """Stripe forgets keys after a day: the same request would be a second invoice."""
    stripe.save_card(customer_of(account.pk))
    top_up = begin_recharge(account)
    stripe.fail("cut", path="/v1/invoices", method="POST")
    carry_out_due()
    intent = StripeIntent.objects.get(kind=Deed.RECHARGE)
    assert intent.error == "unknown-outcome"
    StripeIntent.objects.filter(pk=intent.pk).update(first_sent_at=timezone.now() - KEY_LIFETIME)
    stripe.advance(25 * 3600)
    persist()
    top_up.refresh_from_db()
    renewed = StripeIntent.objects.get(pk=intent.pk)
    assert (top_up.is_paid, charges(stripe)) == (True, [2000])
    assert len(stripe.client().v1.invoices.list().data) == 1
    assert renewed.state == IntentState.DONE


def test_what_was_never_made_gets_a_new_key_after_a_day(account: BillingAccount, stripe: Stripe) -> None:
    stripe.save_card(customer_of(account.pk))
    top_up = begin_recharge(account)
    stripe.fail("lost", path="/v1/invoices", method="POST")
    carry_out_due()
    intent = StripeIntent.objects.get(kind=Deed.RECHARGE)
    StripeIntent.objects.filter(pk=intent.pk).update(first_sent_at=timezone.now() - KEY_LIFETIME)
    persist()
    top_up.refresh_from_db()
    assert (top_up.is_paid, charges(stripe)) == (True, [2000])
    assert StripeIntent.objects.get(pk=intent.pk).key != intent.key


def test_people_who_try_again_and_again_in_an_outage_use_up_no_tries(account: BillingAccount, stripe: Stripe) -> None:
    stripe.save_card(customer_of(account.pk))
    top_up = begin_recharge(account)
    intent = StripeIntent.objects.get(kind=Deed.RECHARGE)
    stripe.away()
    for _ in range(MOST_ATTEMPTS + 5):
        with pytest.raises(RailError):
            carry_out(intent.pk)
    stripe.away(False)
    persist()
    top_up.refresh_from_db()
    assert top_up.is_paid


def test_what_fails_for_more_than_a_day_is_parked_and_goes_on_when_an_operator_says_so(
    account: BillingAccount, stripe: Stripe
) -> None:
    stripe.save_card(customer_of(account.pk))
    top_up = begin_recharge(account)
    stripe.away()
    now = timezone.now()
    for _ in range(MOST_ATTEMPTS):
        carry_out_due(now)
        now = max(now, StripeIntent.objects.get(kind=Deed.RECHARGE).next_at)
    intent = StripeIntent.objects.get(kind=Deed.RECHARGE)
    assert (intent.state, intent.attempts) == (IntentState.PARKED, MOST_ATTEMPTS)
    assert now - timezone.now() > timedelta(hours=24)
    stripe.away(False)
    assert outbox.retry([intent.pk]) == 1
    persist()
    top_up.refresh_from_db()
    assert (top_up.status, charges(stripe)) == (TopUpStatus.PAID, [2000])


def _begun(stripe: Stripe, top_up: TopUp) -> int:
    """Bring a recharge to where it has an invoice; return how often it was tried."""
    stripe.fail("lost", path="/v1/invoiceitems")
    carry_out_due()
    top_up.refresh_from_db()
    return _attempts(top_up)


def _attempts(top_up: TopUp) -> int:
    return StripeIntent.objects.get(kind=Deed.RECHARGE, subject_id=top_up.pk).attempts
