"""What people are told of payments of invoices, of disputes and of expiring credit: once, and while it is so."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Membership, Organization, User
from billing.actions.dispute_steps import open_dispute, win
from billing.actions.invoice_ends import fail_payment, pay_invoice
from billing.credit import give_credit
from billing.credit_expiry import warn_of_expiry
from billing.models import BillingAccount, CreditLot, Invoice, LotKind
from billing.models.topup import CONFIRMATION
from catalog.models import Model
from catalog.money import CENT, PICO
from notifications import outbox
from notifications.models import OutboxMessage
from tests.support.invoices import NOON, close_november, use
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(postpaid: BillingAccount, llama: Model) -> Invoice:
    """5.90 dollars are due."""
    use(postpaid, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    found = close_november(postpaid)
    OutboxMessage.objects.all().delete()
    return found


def letter() -> str:
    send_all()
    (sent,) = mail.outbox
    assert sent.to == ["olivia@example.com"]
    return f"{sent.subject}\n{sent.body}"


def test_a_receipt_of_an_invoice_names_its_number_and_leads_to_it(invoice: Invoice, member: User) -> None:
    for _ in range(2):
        pay_invoice(invoice.pk, payment="pi_1", fee=47)
    text = letter()
    assert "Receipt for Llamas of Lisbon: $5.90" in text
    assert "/o/llamas-of-lisbon/billing/invoices/1/" in text


def test_a_refused_payment_says_when_it_is_tried_again(invoice: Invoice) -> None:
    fail_payment(invoice.pk, "insufficient-funds", tries=1, retry_at=timezone.now() + timedelta(days=3))
    fail_payment(invoice.pk, "insufficient-funds", tries=1, retry_at=None)
    assert "We try again on" in letter()


def test_one_that_was_paid_meanwhile_is_not_told_of_as_refused(invoice: Invoice) -> None:
    fail_payment(invoice.pk, "insufficient-funds", tries=1, retry_at=None)
    pay_invoice(invoice.pk, payment="pi_1")
    assert "Receipt for" in letter()
    assert OutboxMessage.objects.get(kind="payment-failed").error == outbox.WITHDRAWN


def test_what_the_bank_wants_confirmed_leads_to_the_invoice(invoice: Invoice) -> None:
    fail_payment(invoice.pk, CONFIRMATION, tries=1, retry_at=None)
    text = letter()
    assert "Please confirm a payment for Llamas of Lisbon" in text
    assert "/o/llamas-of-lisbon/billing/invoices/1/" in text


def test_a_dispute_is_told_while_it_is_open(postpaid: BillingAccount, invoice: Invoice) -> None:
    pay_invoice(invoice.pk, payment="pi_1")
    OutboxMessage.objects.all().delete()
    dispute = open_dispute(invoice, "du_1", cents=590, reason="fraudulent")
    open_dispute(invoice, "du_1", cents=590, reason="fraudulent")
    text = letter()
    assert "A payment of Llamas of Lisbon is disputed" in text
    assert "$5.90" in text
    again = open_dispute(invoice, "du_2", cents=590, reason="fraudulent")
    for each in (dispute, again):
        win(each.pk)
    send_all()
    assert len(mail.outbox) == 1


def give(account: BillingAccount, *, days: float, amount: int = PICO, name: str = "1") -> CreditLot:
    over = timezone.now() + timedelta(days=days)
    return give_credit(account, LotKind.PROMOTIONAL, amount, key=name, expires_at=over)


def test_credit_that_expires_within_a_week_is_told_once(account: BillingAccount) -> None:
    give(account, days=6.9)
    assert [warn_of_expiry() for _ in range(2)] == [1, 0]
    text = letter()
    assert "$1.00 of credit will expire on" in text
    assert "/o/llamas-of-lisbon/billing/credit/" in text
    OutboxMessage.objects.all().delete()  # as after their retention
    assert warn_of_expiry() == 0


def test_credit_that_expires_later_or_never_or_is_used_up_or_dust_is_not_told(account: BillingAccount) -> None:
    give(account, days=7.1, name="later")
    give(account, days=-1, name="over")
    give(account, days=1, amount=CENT - 1, name="dust")
    give_credit(account, LotKind.PROMOTIONAL, PICO, key="never")
    used = give(account, days=1, name="used")
    CreditLot.objects.filter(pk=used.pk).update(remaining=0)
    assert warn_of_expiry() == 0


def test_what_was_used_meanwhile_is_not_told_any_more(account: BillingAccount) -> None:
    lot = give(account, days=1)
    warn_of_expiry()
    CreditLot.objects.filter(pk=lot.pk).update(remaining=0)
    send_all()
    assert mail.outbox == []


def test_who_left_meanwhile_is_told_nothing(invoice: Invoice, organization: Organization, owner: User) -> None:
    pay_invoice(invoice.pk, payment="pi_1")
    Membership.objects.filter(user=owner).delete()
    send_all()
    assert mail.outbox == []
