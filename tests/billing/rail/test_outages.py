"""Stripe away, webhooks lost, workers killed: pages work, nothing is lost, and everything catches up."""

import os
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from billing.actions.recharge import recharge_due, set_recharge
from billing.actions.terms import set_terms
from billing.actions.topups import checkout_url, start_top_up
from billing.models import BillingAccount, Deed, EventState, Mode, StripeEvent, StripeIntent, TopUp, TopUpStatus
from billing.rail import inbox
from billing.rail.carrying import carry_out_due
from billing.rail.deeds.customers import customer_of
from billing.rail.errors import RailError
from billing.rail.lookups import end_overdue, resync
from catalog.money import CENT
from ledger.actor import Actor
from tests.billing.rail.conftest import buy, hear, settle, troubles
from tests.support.stripe import DAY, HOUR, Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def test_stripe_away_for_an_hour_loses_nothing(account: BillingAccount, stripe: Stripe, outsider: User) -> None:
    paid, recharging = buy(account, 1000), outsider.memberships.get().organization_id
    stripe.submit(paid.stripe_session)
    told = stripe.webhooks()
    set_terms(OPERATOR, recharging, mode=Mode.PREPAID)
    set_recharge(OPERATOR, recharging, threshold=500, amount=2000, monthly_cap=2000)
    stripe.save_card(customer_of(recharging))
    stripe.away()
    for each in told:
        assert inbox.receive(each["body"].encode(), each["signature"])
    wanted = start_top_up(OPERATOR, account.pk, cents=3000)
    with pytest.raises(RailError, match="did not answer"):
        checkout_url(wanted)
    now = timezone.now()
    assert recharge_due(now) == 1
    for minute in range(60):
        later = now + timedelta(minutes=minute)
        assert (carry_out_due(later), inbox.apply_due(later)) == (0, 0)
    account.refresh_from_db()
    assert (account.balance, troubles()) == (0, [])
    assert TopUp.objects.get(pk=wanted.pk).is_pending
    stripe.away(False)
    _later(now + timedelta(hours=2, minutes=10))
    account.refresh_from_db()
    assert account.balance == 1000 * CENT
    assert BillingAccount.objects.get(pk=recharging).balance == 2000 * CENT
    assert checkout_url(wanted).startswith(stripe.url)
    stripe.submit(TopUp.objects.get(pk=wanted.pk).stripe_session)
    hear(stripe)
    account.refresh_from_db()
    assert (account.balance, troubles()) == (4000 * CENT, [])


def test_pages_and_calls_do_not_ask_stripe(as_owner: Client, account: BillingAccount, stripe: Stripe) -> None:
    stripe.away()
    assert as_owner.get("/", follow=True).status_code == 200


def test_webhooks_that_never_come_are_made_up_for_by_one_look(account: BillingAccount, stripe: Stripe) -> None:
    stripe.deliveries(dropped=1.0)
    first = buy(account, 1000)
    stripe.submit(first.stripe_session)
    hear(stripe)
    account.refresh_from_db()
    assert account.balance == 0
    second = buy(account, 3000)
    assert resync(account.pk) == {"done": 2}  # closing the first page shows that it was paid
    account.refresh_from_db()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (account.balance, first.status, second.status) == (1000 * CENT, TopUpStatus.PAID, TopUpStatus.PENDING)


def test_a_tenth_of_the_webhooks_lost_leaves_nothing_open(account: BillingAccount, stripe: Stripe) -> None:
    stripe.deliveries(dropped=0.1, shuffled=True)
    for cents in range(500, 2500, 100):
        stripe.submit(buy(account, cents).stripe_session)
        hear(stripe)
    resync(account.pk)
    account.refresh_from_db()
    assert account.balance == sum(range(500, 2500, 100)) * CENT
    assert set(TopUp.objects.values_list("status", flat=True)) == {TopUpStatus.PAID}


def test_what_became_of_an_unpaid_purchase_is_asked_when_its_time_is_over(
    account: BillingAccount, stripe: Stripe
) -> None:
    stripe.deliveries(dropped=1.0)
    paid = buy(account, 1000)
    stripe.submit(paid.stripe_session)
    assert end_overdue() == 0
    assert end_overdue(timezone.now() + timedelta(days=1)) == 1
    unpaid = buy(account, 2000)
    stripe.advance(DAY + HOUR)
    assert end_overdue(timezone.now() + timedelta(days=1)) == 1
    paid.refresh_from_db()
    unpaid.refresh_from_db()
    assert (paid.status, unpaid.status) == (TopUpStatus.PAID, TopUpStatus.EXPIRED)


def test_a_purchase_that_stripe_never_heard_of_is_over_in_a_day(account: BillingAccount, stripe: Stripe) -> None:
    stripe.away()
    top_up = start_top_up(OPERATOR, account.pk, cents=2000)
    assert end_overdue(timezone.now() + timedelta(days=1)) == 1
    top_up.refresh_from_db()
    assert top_up.status == TopUpStatus.EXPIRED
    stripe.away(False)
    settle()
    assert stripe.client().v1.checkout.sessions.list().data == []


def test_an_event_that_cannot_be_applied_for_more_than_a_day_is_an_operators(
    account: BillingAccount, stripe: Stripe
) -> None:
    stripe.submit(buy(account).stripe_session)
    for each in stripe.webhooks():
        inbox.receive(each["body"].encode(), each["signature"])
    stripe.away()
    now = timezone.now()
    event = StripeEvent.objects.get(type="checkout.session.completed")
    while event.state == EventState.RECEIVED:
        inbox.apply(event.pk, now)
        event.refresh_from_db()
        now = max(now, event.next_at)
    assert (event.state, event.reason) == (EventState.FAILED, "unknown-outcome")
    assert now - timezone.now() > timedelta(hours=24)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_after_stripe_charged_charges_nothing_again(
    account: BillingAccount, stripe: Stripe
) -> None:
    """The process dies while Stripe, which has taken the money, is about to answer."""
    set_recharge(OPERATOR, account.pk, threshold=500, amount=2000, monthly_cap=2000)
    stripe.save_card(customer_of(account.pk))
    assert recharge_due() == 1
    stripe.fail("hang", path="/v1/invoiceitems", seconds=5)
    _killed_while(carry_out_due, stripe, "/v1/invoiceitems")
    top_up = TopUp.objects.get()
    stripe.fail("hang", path=f"/v1/invoices/{top_up.stripe_invoice}/pay", seconds=5)
    StripeIntent.objects.update(leased_until=None)
    _killed_while(carry_out_due, stripe, "/pay")
    assert [charge.amount for charge in stripe.client().v1.charges.list().data] == [2000]
    assert TopUp.objects.get().is_pending
    assert carry_out_due() == 0  # the lease of who died
    StripeIntent.objects.filter(kind=Deed.RECHARGE).update(leased_until=timezone.now())
    settle()
    account.refresh_from_db()
    assert (account.balance, TopUp.objects.get().status) == (2000 * CENT, TopUpStatus.PAID)
    assert [charge.amount for charge in stripe.client().v1.charges.list().data] == [2000]


def _later(now: datetime) -> None:
    while carry_out_due(now) + inbox.apply_due(now):
        pass


def _killed_while(act: Callable[[], object], stripe: Stripe, path: str) -> None:
    """Run in a process of its own, and kill it once Stripe has carried out a request to a path."""
    before = _asked(stripe, path)
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            act()
        finally:
            os._exit(1)
    for _ in range(500):
        if _asked(stripe, path) > before:
            break
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _asked(stripe: Stripe, path: str) -> int:
    return sum(request["path"].endswith(path) for request in stripe.happened()["requests"])
