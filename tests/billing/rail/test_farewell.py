"""An organization that is erased leaves nothing personal at Stripe, as soon as nothing of it is open there."""

import pytest

from accounts.actions import erase_organization
from accounts.models import Organization
from billing.actions.refunds import request_refund
from billing.farewell import forget_erased
from billing.models import BillingAccount, CreditLot, StripeIntent
from billing.rail.customers import get_customer
from billing.rail.deeds.customers import customer_of
from ledger.actor import Actor
from tests.billing.rail.conftest import buy, hear, settle
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db(databases=["default", "content", "vault"])
OPERATOR = Actor.operator()


def test_the_customer_of_an_erased_organization_is_deleted(
    account: BillingAccount, stripe: Stripe, organization: Organization
) -> None:
    customer = customer_of(account.pk)
    stripe.save_card(customer)
    erase_organization(OPERATOR, organization)
    assert (forget_erased(), forget_erased()) == (1, 0)
    settle()
    hear(stripe)
    assert get_customer(customer).is_deleted
    account.refresh_from_db()
    assert account.stripe_customer == ""
    assert forget_erased() == 0


def test_the_customer_of_an_organization_with_members_stays(account: BillingAccount, stripe: Stripe) -> None:
    customer_of(account.pk)
    assert forget_erased() == 0


def test_what_is_open_is_waited_for(account: BillingAccount, stripe: Stripe, organization: Organization) -> None:
    stripe.submit(buy(account, 2000).stripe_session)
    hear(stripe)
    request_refund(OPERATOR, account.pk, lot_id=CreditLot.objects.get().pk, cents=2000)
    erase_organization(OPERATOR, organization)
    assert forget_erased() == 0
    hear(stripe)
    settle()
    hear(stripe)
    assert forget_erased() == 1


def test_with_stripe_away_it_is_done_later(account: BillingAccount, stripe: Stripe, organization: Organization) -> None:
    customer = customer_of(account.pk)
    erase_organization(OPERATOR, organization)
    stripe.away()
    forget_erased()
    settle()
    stripe.away(False)
    StripeIntent.objects.update(next_at="2026-01-01T00:00Z", leased_until=None)
    settle()
    assert get_customer(customer).is_deleted
