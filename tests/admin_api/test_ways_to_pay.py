"""The pages at the payment provider that an invoice and a pending purchase lead to."""

from typing import Any

import pytest

from accounts.models import Organization, User
from accounts.policy import Permission
from billing.actions.collecting import collect_due
from billing.actions.recharge import recharge_due, set_recharge
from billing.actions.terms import set_terms
from billing.models import BillingAccount, Invoice, Mode, TopUp
from billing.rail.deeds.customers import customer_of
from ledger.actor import Actor
from tests.admin_api.conftest import Caller, program
from tests.billing.conftest import llama  # noqa: F401  a fixture
from tests.billing.rail.conftest import buy, hear, settle
from tests.support.invoices import NOON, close_november, use
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


@pytest.fixture
def account(organization: Organization, stripe: Stripe) -> BillingAccount:
    return set_terms(OPERATOR, organization.pk, mode=Mode.PREPAID)


@pytest.fixture
def invoice(organization: Organization, stripe: Stripe, llama: Any) -> Invoice:  # noqa: F811
    """5.90 dollars are due; the provider has it not yet."""
    postpaid = set_terms(OPERATOR, organization.pk, mode=Mode.POSTPAID)
    use(postpaid, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    return close_november(postpaid)


def payment_of(top_up: TopUp) -> str:
    return f"billing/top-ups/{top_up.pk}/payment/"


def documents_of(invoice: Invoice) -> str:
    return f"billing/invoices/{invoice.number}/documents/"


def asked(stripe: Stripe) -> int:
    return len(stripe.happened()["requests"])


def collected(invoice: Invoice) -> Invoice:
    assert collect_due() == 1
    settle()
    invoice.refresh_from_db()
    return invoice


def test_an_invoice_leads_to_its_page_and_its_pdf(invoice: Invoice, stripe: Stripe, olivia: Caller) -> None:
    there = stripe.client().v1.invoices.retrieve(collected(invoice).stripe_invoice)
    shown = olivia.ask(documents_of(invoice))
    assert shown.json() == {"page": there.hosted_invoice_url, "pdf": there.invoice_pdf}
    assert shown["Cache-Control"] == "no-store"


def test_an_invoice_that_the_provider_has_not_has_no_page_and_nobody_is_asked(
    invoice: Invoice, stripe: Stripe, olivia: Caller
) -> None:
    before = asked(stripe)
    assert olivia.ask(documents_of(invoice)).status_code == 404
    assert asked(stripe) == before


def test_a_purchase_that_somebody_left_goes_on_where_it_was(
    account: BillingAccount, stripe: Stripe, olivia: Caller
) -> None:
    top_up = buy(account)
    url = olivia.ask(payment_of(top_up)).json()["url"]
    assert url == stripe.client().v1.checkout.sessions.retrieve(top_up.stripe_session).url
    stripe.submit(top_up.stripe_session)
    assert olivia.ask(payment_of(top_up)).status_code == 404  # the provider says that it is paid
    top_up.refresh_from_db()
    assert top_up.is_paid


def test_a_purchase_that_the_bank_wants_confirmed_leads_to_the_bank(
    account: BillingAccount, stripe: Stripe, olivia: Caller
) -> None:
    stripe.save_card(customer_of(account.pk), "pm_card_authenticationRequired")
    set_recharge(OPERATOR, account.pk, threshold=500, amount=2000, monthly_cap=10_000)
    recharge_due()
    top_up = TopUp.objects.get()
    assert olivia.ask(payment_of(top_up)).status_code == 404  # nobody needs to do anything yet
    settle()
    hear(stripe)
    there = stripe.client().v1.invoices.list().data[0]
    assert olivia.ask(payment_of(top_up)).json() == {"url": there.hosted_invoice_url}


def test_with_the_provider_away_both_say_when_to_come_again(
    account: BillingAccount, stripe: Stripe, olivia: Caller
) -> None:
    top_up = buy(account)
    stripe.away()
    answer = olivia.ask(payment_of(top_up))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_who_may_only_see_money_sees_invoices_and_pays_nothing(
    invoice: Invoice, stripe: Stripe, organization: Organization, owner: User
) -> None:
    top_up = buy(BillingAccount.objects.get(pk=invoice.organization_id))
    reader = program(organization, owner, [Permission.VIEW_BILLING])
    assert reader.ask(documents_of(collected(invoice))).status_code == 200
    before = asked(stripe)
    assert reader.ask(payment_of(top_up)).status_code == 403
    assert asked(stripe) == before


def test_nobody_elses_is_shown(invoice: Invoice, stripe: Stripe, otto: Caller) -> None:
    top_up = buy(BillingAccount.objects.get(pk=invoice.organization_id))
    collected(invoice)
    before = asked(stripe)
    assert [otto.ask(path).status_code for path in (documents_of(invoice), payment_of(top_up))] == [404, 404]
    assert asked(stripe) == before
