"""A simulator whose clock was moved on, to see renewals and dunning, sells as before."""

import pytest

from billing.models import BillingAccount
from catalog.money import CENT
from tests.billing.rail.conftest import buy, hear, troubles
from tests.support.stripe import DAY, Stripe

pytestmark = pytest.mark.django_db


def test_credit_can_be_bought_days_ahead(account: BillingAccount, stripe: Stripe) -> None:
    stripe.advance(40 * DAY)
    stripe.submit(buy(account, 2000).stripe_session)
    hear(stripe)
    account.refresh_from_db()
    assert (account.credit, troubles()) == (2000 * CENT, [])
