"""Purchases that several hear of or begin at once, and workers that die: each is one purchase and one credit."""

from contextlib import suppress
from functools import partial
from random import Random

import pytest
from django.db import transaction

from billing.actions.topup_ends import pay_top_up
from billing.actions.topups import checkout_url, start_top_up
from billing.models import (
    BillingAccount,
    CreditLot,
    StripeEvent,
    TopUp,
    TopUpStatus,
    Transaction,
)
from billing.rail import inbox
from billing.rail.carrying import carry_out_due
from billing.rail.effects import EFFECTS
from catalog.money import CENT
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from notifications.models import OutboxMessage
from tests.billing.rail.conftest import buy, troubles
from tests.support.at_once import ROUNDS, at_once
from tests.support.stripe import Stripe

OPERATOR = Actor.operator()
pytestmark = pytest.mark.django_db


def test_each_event_fifty_times_in_any_order_with_crashes_has_one_effect(
    account: BillingAccount, stripe: Stripe
) -> None:
    stripe.deliveries(copies=50, shuffled=True)
    top_up = buy(account)
    stripe.submit(top_up.stripe_session)
    order = Random(7)
    told = stripe.webhooks()
    assert len(told) >= 50 * 8
    for each in told:
        inbox.receive(each["body"].encode(), each["signature"])
        if order.random() < 0.3:
            _apply_with_crashes(order)
    _apply_with_crashes(order)
    account.refresh_from_db()
    assert account.balance == 2000 * CENT
    assert Transaction.objects.count() == 2
    assert OutboxMessage.objects.filter(kind="receipt", subject_id=top_up.pk).count() == 1
    assert AuditEvent.objects.filter(action=Action.TOP_UP_PAID).count() == 1
    assert troubles() == []


def _apply_with_crashes(order: Random) -> None:
    """Apply all events as if each were new, every fifth time in a worker that dies before it commits."""
    StripeEvent.objects.filter(type__in=EFFECTS).update(state="received", leased_until=None, attempts=0)
    ids = list(StripeEvent.objects.filter(type__in=EFFECTS).values_list("pk", flat=True))
    order.shuffle(ids)
    for event_id in ids:
        with suppress(_Died), transaction.atomic():
            inbox.apply(event_id)
            if order.random() < 0.2:
                raise _Died


class _Died(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_two_who_buy_at_once_leave_one_purchase_open(account: BillingAccount, stripe: Stripe) -> None:
    """Without the account's lock both would be pending, and the constraint would refuse one with an error."""
    for _ in range(ROUNDS):
        TopUp.objects.pending().update(status=TopUpStatus.EXPIRED)
        tasks = [partial(start_top_up, OPERATOR, account.pk, cents=500 + n, creator=new_id()) for n in range(4)]
        assert {type(result) for result in at_once(*tasks)} == {TopUp}
        assert TopUp.objects.pending().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_for_one_page_get_the_same_one(account: BillingAccount, stripe: Stripe) -> None:
    """A person clicks twice, and a worker looks at the same moment: nobody is told that somebody else is at it."""
    top_up = start_top_up(OPERATOR, account.pk, cents=2000)
    stripe.fail("slow", path="/v1/checkout/sessions", method="POST", seconds=0.3)
    found = at_once(*[partial(checkout_url, top_up) for _ in range(3)], carry_out_due)
    assert len({str(url) for url in found[:3]}) == 1
    assert str(found[0]).startswith(stripe.url)
    assert len(stripe.client().v1.checkout.sessions.list().data) == 1


@pytest.mark.django_db(transaction=True)
def test_stripe_is_not_asked_inside_a_transaction(account: BillingAccount, stripe: Stripe) -> None:
    with transaction.atomic():
        top_up = start_top_up(OPERATOR, account.pk, cents=2000)
        with pytest.raises(RuntimeError, match="durable"):
            checkout_url(top_up)


@pytest.mark.django_db(transaction=True)
def test_whoever_hears_of_a_payment_at_once_credits_it_once(account: BillingAccount, stripe: Stripe) -> None:
    """Without the account's lock the second would find it unpaid, and fail at the journal's key."""
    top_up = start_top_up(OPERATOR, account.pk, cents=2000)
    assert at_once(*[partial(pay_top_up, top_up.pk, payment="pi_1", fee=88) for _ in range(8)]) == [None] * 8
    assert CreditLot.objects.count() == 1
    assert Transaction.objects.count() == 2
