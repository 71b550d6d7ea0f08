"""What people are told of invoices, and who."""

import pytest

from accounts.models import BillingContact, Organization, User
from accounts.recipients import of_billing
from billing.models import BillingAccount, Invoice
from billing.notices import invoice_ready
from catalog.models import Model
from notifications.composing import compose
from notifications.models import OutboxMessage
from tests.support.invoices import NOON, close_november, use

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(postpaid: BillingAccount, llama: Model) -> Invoice:
    use(postpaid, NOON, prompt_tokens=1_000_000, cached_tokens=0, completion_tokens=0)
    return close_november(postpaid)


def test_an_invoice_to_pay_names_what_is_due_and_until_when(
    invoice: Invoice, owner: User, organization: Organization, settings: object
) -> None:
    composed = compose(OutboxMessage.objects.get(kind="invoice-ready", recipient_id=owner.pk))
    assert composed
    assert composed.wording.subject == f"Invoice 1 for {organization.name}"
    assert composed.wording.paragraphs == [
        "It is charged to your payment method, if there is one. Otherwise please pay it by December 15, 2026."
    ]
    assert ("Amount", "$0.18") in composed.wording.facts


def test_one_that_credit_settled_asks_for_nothing(account: BillingAccount, llama: Model, owner: User) -> None:
    use(account, NOON, prompt_tokens=1_000_000, cached_tokens=0, completion_tokens=0)
    close_november(account)
    composed = compose(OutboxMessage.objects.get(kind="invoice-ready", recipient_id=owner.pk))
    assert composed
    assert composed.wording.paragraphs == ["It is settled with your credit. There is nothing to do."]
    assert ("Amount", "$0.18") in composed.wording.facts


def test_who_does_not_hear_of_money_any_more_is_told_nothing(
    invoice: Invoice, organization: Organization, member: User, outsider: User
) -> None:
    contact = BillingContact.objects.create(organization=organization, email="money@example.com")
    told = {person.pk: invoice_ready(invoice.pk, person) for person in (member, outsider, contact)}
    assert set(told.values()) == {None}
    assert not set(told) & set(of_billing(organization))
