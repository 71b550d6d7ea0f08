"""What tests of billing start from: an organization that pays in advance, and a model with a price."""

from datetime import timedelta

import pytest

from accounts.models import Organization
from billing.actions.terms import set_terms
from billing.models import BillingAccount, Mode
from catalog.models import Model
from catalog.prices import set_price
from ledger.actor import Actor
from tests.usage.test_recording import NOON


@pytest.fixture
def account(organization: Organization) -> BillingAccount:
    """A prepaid account without any credit."""
    return set_terms(Actor.operator(), organization.pk, mode=Mode.PREPAID)


@pytest.fixture
def postpaid(organization: Organization) -> BillingAccount:
    """An account that pays in arrears, whatever it is."""
    return set_terms(Actor.operator(), organization.pk, mode=Mode.POSTPAID)


@pytest.fixture
def llama(db: None) -> Model:
    """A model at 0.18 dollars a million tokens in, 0.045 cached and 0.59 out."""
    model = Model.objects.create(name="llama", title="Llama", upstream_name="llama")
    set_price(
        Actor.operator(), model, input_rate=180_000, cached_input_rate=45_000, output_rate=590_000,
        effective_from=NOON - timedelta(days=400),
    )  # fmt: skip
    return model
