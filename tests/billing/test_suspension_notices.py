"""Who is suspended is told, with what ends it; and so is who is let go on again."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from billing.actions.collecting import write_off_invoice
from billing.actions.dunning import suspend_overdue
from billing.actions.invoice_ends import pay_invoice, void_invoice
from billing.models import BillingAccount, Invoice
from catalog.models import Model
from ledger.actor import Actor
from notifications import outbox
from notifications.models import OutboxMessage
from tests.support.invoices import NOON, close_november, use
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(postpaid: BillingAccount, llama: Model) -> Invoice:
    """5.90 dollars that are overdue beyond the time of grace; the organization is suspended."""
    use(postpaid, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    found = close_november(postpaid)
    Invoice.objects.update(due_at=timezone.now() - timedelta(days=60))
    OutboxMessage.objects.all().delete()
    assert suspend_overdue(timezone.now()) == 1
    return found


def told(kind: str) -> int:
    return OutboxMessage.objects.filter(kind=kind, channel="email").count()


def test_the_letter_names_the_invoice_and_leads_to_it(invoice: Invoice) -> None:
    send_all()
    (sent,) = mail.outbox
    text = " ".join(sent.body.split())
    assert (sent.subject, sent.to) == ("Llamas of Lisbon is suspended: an invoice is overdue", ["olivia@example.com"])
    assert "Calls are refused and nothing is bought until it is paid." in text
    assert "$5.90" in text
    assert "/o/llamas-of-lisbon/billing/invoices/1/" in text


def test_it_is_told_once(invoice: Invoice) -> None:
    suspend_overdue(timezone.now())
    assert told("suspended") == 1


@pytest.mark.parametrize(
    "end",
    [
        lambda invoice: pay_invoice(invoice.pk, payment="pi_1"),
        lambda invoice: void_invoice(invoice.pk),
        lambda invoice: write_off_invoice(
            Actor.operator(), invoice.organization_id, number=invoice.number, now=timezone.now()
        ),
    ],
    ids=["paid", "void", "written off"],
)
def test_who_goes_on_is_told_too_and_of_the_suspension_no_more(invoice: Invoice, end) -> None:  # type: ignore[no-untyped-def]
    end(invoice)
    send_all()
    (sent,) = [each for each in mail.outbox if "suspended" in each.subject]
    assert sent.subject == "Llamas of Lisbon is not suspended any more"
    assert "/o/llamas-of-lisbon/billing/" in sent.body
    assert OutboxMessage.objects.get(kind="suspended", channel="email").error == outbox.WITHDRAWN


def test_who_was_suspended_by_hand_is_not_told_that_they_go_on(invoice: Invoice) -> None:
    BillingAccount.objects.update(suspended_for="")
    pay_invoice(invoice.pk, payment="pi_1")
    assert told("resumed") == 0
