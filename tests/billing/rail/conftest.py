"""What tests of the boundary to Stripe start from: the simulator, which the real library talks to over HTTP."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from billing.actions.topups import checkout_url, start_top_up
from billing.books import disagreements
from billing.models import BillingAccount, CreditLot, StripeEvent, TopUp
from billing.rail import inbox
from billing.rail.carrying import carry_out_due
from ledger.actor import Actor
from tests.support.stripe import Stripe, simulator


@pytest.fixture(scope="session")
def _simulator() -> Iterator[Stripe]:
    with simulator() as running:
        yield running


@pytest.fixture
def stripe(_simulator: Stripe, settings: Any) -> Stripe:
    """A Stripe that knows nothing yet; its webhooks wait until they are taken."""
    _simulator.reset()
    settings.STRIPE_URL, settings.STRIPE_SECRET_KEY = _simulator.url, _simulator.secret_key
    settings.STRIPE_WEBHOOK_SECRETS = [_simulator.webhook_secret]
    return _simulator


@pytest.fixture
def account(account: BillingAccount, stripe: Stripe) -> Iterator[BillingAccount]:
    """A prepaid account, whose books agree at the end of each test."""
    yield account
    account.refresh_from_db()
    assert disagreements(account) == []


@pytest.fixture
def postpaid(postpaid: BillingAccount, stripe: Stripe) -> Iterator[BillingAccount]:
    """One that pays in arrears; its books agree at the end, too."""
    yield postpaid
    postpaid.refresh_from_db()
    assert disagreements(postpaid) == []


@pytest.fixture
def lot(account: BillingAccount, stripe: Stripe) -> CreditLot:
    """20 dollars of credit that were bought."""
    stripe.submit(buy(account, 2000).stripe_session)
    hear(stripe)
    return CreditLot.objects.get()


def buy(account: BillingAccount, cents: int = 2000, creator: UUID | None = None) -> TopUp:
    """Begin to buy credit, up to the page at Stripe."""
    top_up = start_top_up(Actor.operator(), account.pk, cents=cents, creator=creator)
    assert checkout_url(top_up).startswith("http")
    top_up.refresh_from_db()
    return top_up


def hear(stripe: Stripe) -> int:
    """Take what Stripe has to tell and apply it all; return how many events had an effect."""
    for told in stripe.webhooks():
        inbox.receive(told["body"].encode(), told["signature"])
    return settle()


def settle() -> int:
    """Do what is due, and what that leads to."""
    done = 0
    while more := carry_out_due(timezone.now()) + inbox.apply_due(timezone.now()):
        done += more
    return done


def troubles() -> list[tuple[str, str]]:
    return list(StripeEvent.objects.troubled().values_list("type", "reason"))
