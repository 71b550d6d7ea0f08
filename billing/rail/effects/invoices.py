"""What Stripe's invoices mean for ours: paid is paid, once; anything that does not fit has no effect."""

from uuid import UUID

from billing.actions.invoice_ends import fail_payment, give_up_invoice, note_bill, pay_invoice, void_invoice
from billing.errors import BillingError
from billing.fees import fee_key
from billing.journal import is_posted
from billing.models import BillingAccount, Invoice, InvoiceStatus
from billing.models.topup import CONFIRMATION
from billing.rail.bills import Bill
from billing.rail.client import is_live
from billing.rail.errors import Mismatch
from billing.rail.payments import fee_of, get_payment


def settle_invoice(bill: Bill) -> None:
    """Carry over what became of the invoice at Stripe that collects one of ours; Mismatch, RailError."""
    invoice = _fitting(bill)
    note_bill(invoice.pk, bill.id)
    if bill.is_stuck:
        raise Mismatch("not-finalized")
    try:
        _carry_over(invoice, bill)
    except BillingError as error:  # it was written off here, and paid there
        raise Mismatch(error.code) from None


def _carry_over(invoice: Invoice, bill: Bill) -> None:
    if bill.is_paid:
        _pay(invoice, bill.payment, bill.tax)
    elif bill.status == "void":
        void_invoice(invoice.pk)
    elif bill.status == "uncollectible":
        give_up_invoice(invoice.pk)
    elif bill.is_open and bill.payment and bill.tries > invoice.tries:
        _judge(invoice, bill)


def _pay(invoice: Invoice, payment: str, tax: int) -> None:
    if invoice.status != InvoiceStatus.PAID or (payment and not is_posted(fee_key(payment))):
        pay_invoice(invoice.pk, payment=payment, fee=fee_of(payment), tax=tax)


def _judge(invoice: Invoice, bill: Bill) -> None:
    payment = get_payment(bill.payment)
    if payment.needs_confirmation:
        fail_payment(invoice.pk, CONFIRMATION, tries=bill.tries, retry_at=bill.retry_at)
    elif payment.has_failed:
        fail_payment(invoice.pk, payment.reason or "declined", tries=bill.tries, retry_at=bill.retry_at)


def _fitting(bill: Bill) -> Invoice:
    """Return the invoice that one at Stripe is for, if it is in everything what we asked for."""
    invoice = _named(bill.invoice)
    if bill.livemode != is_live():
        raise Mismatch("livemode")
    if bill.currency != "usd":
        raise Mismatch("currency")
    if bill.customer != BillingAccount.objects.get(pk=invoice.organization_id).stripe_customer:
        raise Mismatch("customer")
    if invoice.stripe_invoice not in ("", bill.id):
        raise Mismatch("paid-twice" if bill.is_paid else "another-invoice")
    if bill.status != "draft" and (bill.cents, bill.total) != (invoice.due, invoice.due + bill.tax):
        raise Mismatch("amount")
    return invoice


def _named(invoice_id: str) -> Invoice:
    try:
        return Invoice.objects.closed().get(pk=UUID(invoice_id))
    except (ValueError, Invoice.DoesNotExist):
        raise Mismatch("unknown-invoice") from None
