"""Quarantine: what Stripe has and we did not ask for like that has no effect, and an operator sees it."""

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from billing.models import BillingAccount, EventState, Origin, StripeEvent, TopUp, Transaction
from billing.rail import inbox
from billing.rail.checkouts import get_checkout
from billing.rail.effects.topups import settle_checkout
from billing.rail.errors import Mismatch
from catalog.money import CENT
from ledger.models import Action, AuditEvent
from tests.billing.rail.conftest import buy, hear, troubles
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db


def offer(stripe: Stripe, customer: str, top_up: object, **price: Any) -> str:
    """Open a page at Stripe for what we did not ask so."""
    of_one = {"currency": "usd", "unit_amount": 2000, "product_data": {"name": "Credit"}, **price}
    session = stripe.client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": customer,
            "line_items": [{"quantity": 1, "price_data": of_one}],  # type: ignore[typeddict-item]
            "metadata": {"top_up": str(top_up)},
            "success_url": "https://console.example/",
        }
    )
    return session.id


def sell(stripe: Stripe, customer: str, top_up: object, **price: Any) -> str:
    """Have somebody pay for it."""
    session = offer(stripe, customer, top_up, **price)
    stripe.submit(session)
    return session


@pytest.fixture
def top_up(account: BillingAccount) -> TopUp:
    return buy(account, 2000)


@pytest.mark.parametrize("cents", [50, 1999, 2001])
def test_another_amount(account: BillingAccount, stripe: Stripe, top_up: TopUp, cents: int) -> None:
    account.refresh_from_db()
    sell(stripe, account.stripe_customer, top_up.pk, unit_amount=cents)
    hear(stripe)
    assert troubles() == [("checkout.session.completed", "amount")]
    _nothing_came_of_it(account, top_up)


@pytest.mark.parametrize(("what", "value"), [("currency", "eur"), ("livemode", True), ("total", 2001)])
def test_another_currency_world_or_sum(
    account: BillingAccount, stripe: Stripe, top_up: TopUp, what: str, value: Any
) -> None:
    stripe.submit(top_up.stripe_session)
    found = replace(get_checkout(top_up.stripe_session), **{what: value})
    with pytest.raises(Mismatch, match="amount" if what == "total" else what):
        settle_checkout(found)
    _nothing_came_of_it(account, top_up)


def test_another_customer(account: BillingAccount, stripe: Stripe, top_up: TopUp) -> None:
    other = stripe.client().v1.customers.create()
    sell(stripe, other.id, top_up.pk)
    hear(stripe)
    assert troubles() == [("checkout.session.completed", "customer")]
    _nothing_came_of_it(account, top_up)


@pytest.mark.parametrize("name", ["", "nonsense", "01a22e01-1d01-739d-b54a-1e750dd4f3ed"])
def test_a_purchase_that_we_do_not_know(account: BillingAccount, stripe: Stripe, top_up: TopUp, name: str) -> None:
    account.refresh_from_db()
    sell(stripe, account.stripe_customer, name or "-")
    hear(stripe)
    assert troubles() == [("checkout.session.completed", "unknown-top-up")]
    _nothing_came_of_it(account, top_up)


def test_a_page_of_a_purchase_that_we_do_not_know_may_expire_and_nobody_has_to_look(
    account: BillingAccount, stripe: Stripe, top_up: TopUp
) -> None:
    account.refresh_from_db()
    stripe.client().v1.checkout.sessions.expire(offer(stripe, account.stripe_customer, "nonsense"))
    hear(stripe)
    assert troubles() == []
    assert StripeEvent.objects.get(type="checkout.session.expired").state == EventState.IGNORED


def test_play_money_where_real_money_is_taken(
    account: BillingAccount, stripe: Stripe, top_up: TopUp, settings: Any
) -> None:
    stripe.submit(top_up.stripe_session)
    settings.STRIPE_SECRET_KEY = "sk_live_ours"
    told = stripe.webhooks()
    for each in told:
        inbox.receive(each["body"].encode(), each["signature"])
    inbox.apply_due()
    assert {reason for _, reason in troubles()} == {"livemode"}
    _nothing_came_of_it(account, top_up)


def test_the_same_purchase_paid_twice_is_credit_once_and_seen(
    account: BillingAccount, stripe: Stripe, top_up: TopUp
) -> None:
    stripe.submit(top_up.stripe_session)
    hear(stripe)
    account.refresh_from_db()
    sell(stripe, account.stripe_customer, top_up.pk)
    hear(stripe)
    assert troubles() == [("checkout.session.completed", "paid-twice")]
    account.refresh_from_db()
    assert account.balance == top_up.cents * CENT


def test_an_object_that_stripe_does_not_have(account: BillingAccount, stripe: Stripe) -> None:
    StripeEvent.objects.create(
        pk="evt_x", type="invoice.paid", object_id="in_nowhere", created=account.created_at, livemode=False
    )
    assert inbox.apply("evt_x") == EventState.QUARANTINED
    assert troubles() == [("invoice.paid", "missing")]


def test_what_is_somebody_elses_at_the_same_stripe_is_ignored(account: BillingAccount, stripe: Stripe) -> None:
    session = stripe.client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [
                {"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "Mug"}}}
            ],
            "success_url": "https://shop.example/",
        }
    )
    stripe.submit(session.id)
    hear(stripe)
    assert troubles() == []
    assert StripeEvent.objects.get(type="checkout.session.completed").state == EventState.IGNORED


def test_the_list_for_operators_says_what_and_why(account: BillingAccount, stripe: Stripe, top_up: TopUp) -> None:
    account.refresh_from_db()
    session = sell(stripe, account.stripe_customer, top_up.pk, unit_amount=500)
    hear(stripe)
    out = StringIO()
    call_command("stripe_troubles", stdout=out)
    event = StripeEvent.objects.troubled().get()
    assert all(word in out.getvalue() for word in ("quarantined", "amount", session, event.pk))


def test_an_operator_replays_an_event_that_never_came(account: BillingAccount, stripe: Stripe, top_up: TopUp) -> None:
    stripe.submit(top_up.stripe_session)
    lost = [each["event"] for each in stripe.webhooks()]
    completed = [each for each in stripe.happened()["events"] if each["type"] == "checkout.session.completed"]
    out = StringIO()
    for _ in range(100):
        call_command("stripe_replay", completed[0]["id"], stdout=out)
    assert completed[0]["id"] in lost
    account.refresh_from_db()
    assert account.balance == 2000 * CENT
    assert AuditEvent.objects.filter(action=Action.PAYMENTS_RETRIED).count() == 100


def _nothing_came_of_it(account: BillingAccount, top_up: TopUp) -> None:
    account.refresh_from_db()
    top_up.refresh_from_db()
    assert (account.balance, Transaction.objects.count(), top_up.origin) == (0, 0, Origin.CHECKOUT)
    assert top_up.is_pending
