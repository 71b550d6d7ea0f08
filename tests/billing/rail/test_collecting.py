"""Collecting what is due on invoices: charged by itself or sent, paid once, and followed up when it is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.actions.collecting import collect_due, write_off_invoice
from billing.actions.dunning import suspend_overdue
from billing.models import (
    Account,
    BillingAccount,
    Deed,
    IntentState,
    Invoice,
    InvoiceStatus,
    Kind,
    Posting,
    StripeIntent,
    Suspension,
    Transaction,
)
from billing.rail.bills import get_bill
from billing.rail.carrying import carry_out_due
from billing.rail.deeds.customers import customer_of
from billing.rail.effects.invoices import settle_invoice
from billing.rail.errors import Mismatch
from catalog.models import Model
from catalog.money import CENT
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from notifications.models import OutboxMessage
from tests.billing.rail.conftest import hear, settle, troubles
from tests.support.invoices import NOON, close_november, use
from tests.support.stripe import DAY, HOUR, Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
DUE = 590


@pytest.fixture
def invoice(postpaid: BillingAccount, llama: Model) -> Invoice:
    """5.90 dollars are due."""
    use(postpaid, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    return close_november(postpaid)


def collected(invoice: Invoice) -> Any:
    """Have Stripe collect it, and return what Stripe has."""
    assert collect_due() == 1
    settle()
    invoice.refresh_from_db()
    return invoice_at(invoice)


def invoice_at(invoice: Invoice) -> Any:
    invoice.refresh_from_db()
    return get_bill(invoice.stripe_invoice)


def pay(stripe: Stripe, invoice: Invoice, **how: Any) -> None:
    """Do what somebody does on the invoice's page."""
    stripe.save_card(customer_of(invoice.organization_id), **how)
    stripe.client().v1.invoices.pay(invoice.stripe_invoice, {"off_session": False})


def told(kind: str, invoice: Invoice) -> int:
    return OutboxMessage.objects.filter(kind=kind, subject_id=invoice.pk).count()


def test_who_has_a_card_is_charged_by_itself_and_the_invoice_is_paid(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe
) -> None:
    stripe.save_card(customer_of(postpaid.pk))
    bill = collected(invoice)
    assert (bill.is_automatic, bill.cents, bill.is_open) == (True, DUE, True)
    stripe.advance(2 * HOUR)
    hear(stripe)
    invoice.refresh_from_db()
    postpaid.refresh_from_db()
    assert (invoice.status, postpaid.owed) == (InvoiceStatus.PAID, 0)
    posted = Posting.objects.filter(transaction__kind=Kind.PAYMENT).values_list("account", "amount")
    assert dict(posted) == {Account.CLEARING: DUE * CENT, Account.INVOICED: -DUE * CENT}
    assert Transaction.objects.filter(kind=Kind.FEE, reference=str(invoice.pk)).count() == 1
    assert (told("receipt", invoice), troubles()) == (1, [])
    assert AuditEvent.objects.filter(action=Action.INVOICE_COLLECTED, target=str(invoice.pk)).count() == 1


def test_who_has_none_is_sent_it_with_days_to_pay_and_a_line_that_names_it(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe, settings: Any
) -> None:
    settings.BILLING_DUE_DAYS = 20
    bill = collected(invoice)
    assert not bill.is_automatic
    found = stripe.client().v1.invoices.retrieve(bill.id)
    (line,) = found.lines.data
    assert line.description == "API usage, invoice 1: 2026-11-01 to 2026-12-01 (UTC)"
    assert line.metadata.to_dict() == {"invoice": str(invoice.pk), "number": "1"}
    assert datetime.fromtimestamp(found.due_date or 0, UTC).date() == (timezone.now() + timedelta(days=20)).date()
    pay(stripe, invoice)
    hear(stripe)
    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.PAID


def test_it_is_collected_once_whoever_asks_how_often(invoice: Invoice, stripe: Stripe) -> None:
    bill = collected(invoice)
    assert collect_due() == 0
    settle()
    assert [each.id for each in stripe.client().v1.invoices.list().data] == [bill.id]


def test_what_stripe_takes_no_payment_for_is_not_collected_nor_a_reason_to_suspend(
    postpaid: BillingAccount, llama: Model, stripe: Stripe
) -> None:
    use(postpaid, NOON, prompt_tokens=1_000_000, cached_tokens=0, completion_tokens=0)
    assert close_november(postpaid).due == 18
    assert collect_due() == suspend_overdue(timezone.now() + timedelta(days=365)) == 0


def test_prepaid_invoices_and_an_installation_without_stripe_collect_nothing(
    account: BillingAccount, llama: Model, settings: Any
) -> None:
    use(account, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    assert close_november(account).status == InvoiceStatus.PAID
    assert collect_due() == 0


def test_without_stripe_nothing_is_collected(invoice: Invoice, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    assert collect_due() == 0


@pytest.mark.parametrize("mode", ["cut", "failed", "lost", "409", "429", "500"])
@pytest.mark.parametrize("path", ["/v1/invoices", "/v1/invoiceitems", "/finalize"])
def test_a_lost_answer_makes_no_second_invoice_nor_a_second_line(
    invoice: Invoice, stripe: Stripe, mode: str, path: str
) -> None:
    collect_due()
    if path == "/finalize":
        customer_of(invoice.organization_id)
        path = "/v1/invoices"
        stripe.fail("cut", times=1, path="/v1/invoiceitems", method="POST")
        settle()
        StripeIntent.objects.update(next_at=timezone.now(), leased_until=None)
    stripe.fail(mode, times=1, path=path, method="POST")
    for _ in range(4):
        carry_out_due(timezone.now())
        StripeIntent.objects.filter(state=IntentState.OPEN).update(next_at=timezone.now(), leased_until=None)
    bill = invoice_at(invoice)
    assert (bill.is_open, bill.cents) == (True, DUE)
    assert [each.status for each in stripe.client().v1.invoices.list().data] == ["open"]


def test_a_card_that_comes_between_two_tries_makes_no_second_invoice(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe
) -> None:
    customer = customer_of(postpaid.pk)
    collect_due()
    stripe.fail("cut", times=1, path="/v1/invoices", method="POST")
    settle()
    stripe.save_card(customer)
    StripeIntent.objects.update(next_at=timezone.now(), leased_until=None)
    settle()
    assert len(stripe.client().v1.invoices.list().data) == 1
    assert invoice_at(invoice).is_open


def test_a_declined_card_is_told_at_each_try_with_when_the_next_one_is_and_paid_later_it_is_paid(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe
) -> None:
    stripe.save_card(customer_of(postpaid.pk), card="pm_card_chargeCustomerFail")
    collected(invoice)
    stripe.advance(2 * HOUR)
    for _ in range(2):
        hear(stripe)
    invoice.refresh_from_db()
    assert (invoice.tries, invoice.status, told("payment-failed", invoice)) == (1, InvoiceStatus.OPEN, 1)
    assert invoice.failure
    assert invoice.retry_at
    stripe.advance(4 * DAY)
    hear(stripe)
    invoice.refresh_from_db()
    assert (invoice.tries, told("payment-failed", invoice)) == (2, 2)
    pay(stripe, invoice)
    hear(stripe)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.failure, invoice.retry_at) == (InvoiceStatus.PAID, "", None)


def test_a_bank_that_wants_a_confirmation_is_told_with_the_page_asked_for_when_it_is_opened(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe
) -> None:
    stripe.save_card(customer_of(postpaid.pk), card="pm_card_authenticationRequired")
    collected(invoice)
    stripe.advance(2 * HOUR)
    hear(stripe)
    assert (told("payment-action", invoice), told("payment-failed", invoice)) == (1, 0)
    bill = invoice_at(invoice)
    assert bill.page.startswith("http")
    assert bill.page not in str(list(Invoice.objects.values()))


def test_what_is_voided_at_stripe_is_owed_by_nobody_and_given_up_is_owed_all_the_same(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe
) -> None:
    collected(invoice)
    stripe.client().v1.invoices.mark_uncollectible(invoice.stripe_invoice)
    hear(stripe)
    invoice.refresh_from_db()
    postpaid.refresh_from_db()
    assert (invoice.status, postpaid.owed) == (InvoiceStatus.UNCOLLECTIBLE, DUE * CENT)
    stripe.client().v1.invoices.void_invoice(invoice.stripe_invoice)
    hear(stripe)
    invoice.refresh_from_db()
    postpaid.refresh_from_db()
    assert (invoice.status, postpaid.owed) == (InvoiceStatus.VOID, 0)


def test_what_was_given_up_and_is_paid_after_all_is_paid(invoice: Invoice, stripe: Stripe) -> None:
    collected(invoice)
    stripe.client().v1.invoices.mark_uncollectible(invoice.stripe_invoice)
    hear(stripe)
    pay(stripe, invoice)
    hear(stripe)
    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.PAID


def test_who_is_overdue_beyond_grace_is_suspended_until_they_pay(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe
) -> None:
    assert invoice.due_at
    collected(invoice)
    late = invoice.due_at + timedelta(days=14)
    assert suspend_overdue(late) == 0
    Invoice.objects.update(due_at=timezone.now() - timedelta(days=14, seconds=1))
    assert [suspend_overdue(timezone.now()) for _ in range(2)] == [1, 0]
    postpaid.refresh_from_db()
    assert postpaid.suspended_at
    assert postpaid.suspended_for == Suspension.OVERDUE
    pay(stripe, invoice)
    hear(stripe)
    postpaid.refresh_from_db()
    assert (postpaid.suspended_at, postpaid.suspended_for) == (None, "")
    suspended, resumed = Action.BILLING_SUSPENDED, Action.BILLING_RESUMED
    assert [AuditEvent.objects.filter(action=action).count() for action in (suspended, resumed)] == [1, 1]


def test_who_was_suspended_by_hand_stays_so_when_they_pay(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe
) -> None:
    collected(invoice)
    BillingAccount.objects.update(suspended_at=timezone.now())
    pay(stripe, invoice)
    hear(stripe)
    postpaid.refresh_from_db()
    assert postpaid.suspended_at


def test_a_written_off_invoice_is_void_at_stripe_too(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe
) -> None:
    bill = collected(invoice)
    write_off_invoice(OPERATOR, postpaid.pk, number=1, now=timezone.now())
    hear(stripe)
    postpaid.refresh_from_db()
    assert (postpaid.owed, invoice_at(invoice).status) == (0, "void")
    assert stripe.client().v1.invoices.retrieve(bill.id).status == "void"
    assert troubles() == []


def test_one_that_was_paid_while_it_was_written_off_waits_for_an_operator(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe
) -> None:
    collected(invoice)
    pay(stripe, invoice)
    write_off_invoice(OPERATOR, postpaid.pk, number=1, now=timezone.now())
    hear(stripe)
    assert troubles() == [("invoice.paid", "status")]
    assert StripeIntent.objects.parked().filter(kind=Deed.WITHDRAWAL).count() == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"customer": "cus_other"}, "customer"),
        ({"cents": 1, "total": 1}, "amount"),
        ({"total": 591}, "amount"),
        ({"currency": "eur"}, "currency"),
        ({"livemode": True}, "livemode"),
        ({"invoice": "00"}, "unknown-invoice"),
        ({"id": "in_other"}, "paid-twice"),
    ],
)
def test_what_does_not_fit_in_everything_has_no_effect(
    invoice: Invoice, stripe: Stripe, changed: dict[str, Any], reason: str
) -> None:
    collected(invoice)
    pay(stripe, invoice)
    with pytest.raises(Mismatch, match=reason):
        settle_invoice(replace(invoice_at(invoice), **changed))
    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.OPEN


def test_what_cannot_be_finalized_is_parked_with_the_reason(
    postpaid: BillingAccount, invoice: Invoice, stripe: Stripe, settings: Any
) -> None:
    settings.STRIPE_TAX = True
    stripe.control("taxes", DE=19)
    collect_due()
    settle()
    (parked,) = StripeIntent.objects.parked()
    assert (parked.kind, parked.error) == (Deed.COLLECTION, "customer-tax-location-invalid")
