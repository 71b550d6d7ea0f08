"""Collecting an invoice of ours by one of Stripe's, and withdrawing one that was written off.

It goes on from what Stripe has, so a worker may die after any step: a draft gets its line and is finalized, and from
then on Stripe charges it and tries again by itself, or waits for somebody to pay it.
"""

from django.conf import settings

from billing.actions.invoice_ends import note_bill
from billing.models import Deed, Invoice, InvoiceStatus, StripeIntent
from billing.rail import bills
from billing.rail.bills import About, Bill
from billing.rail.cards import methods_of
from billing.rail.carrying import carries, freshen_key, once
from billing.rail.deeds.customers import customer_of
from billing.rail.effects.invoices import settle_invoice
from billing.rail.errors import Mismatch, RailError


@carries(Deed.COLLECTION)
def collect(intent: StripeIntent) -> None:
    invoice = Invoice.objects.get(pk=intent.subject_id)
    if invoice.status != InvoiceStatus.OPEN:
        return
    try:
        bill = _ready(intent, invoice)
    except RailError as error:
        if error.permanent:  # it is still due, so somebody has to look
            raise Mismatch(error.code) from None
        raise
    settle_invoice(bill)


@carries(Deed.WITHDRAWAL)
def withdraw(intent: StripeIntent) -> None:
    """Void it, so that nobody pays it any more; Mismatch if that was done meanwhile."""
    freshen_key(intent)
    bill = bills.get_bill(Invoice.objects.get(pk=intent.subject_id).stripe_invoice)
    if bill.status == "draft":
        bills.delete_draft(bill.id, intent.key_for("delete"))
        return
    if bill.status in {"open", "uncollectible"}:
        bill = bills.void_bill(bill.id, intent.key_for("void"))
    settle_invoice(bill)


def _ready(intent: StripeIntent, invoice: Invoice) -> Bill:
    """Return the invoice at Stripe, finalized."""
    bill = _found_or_made(intent, invoice)
    if bill.status == "draft" and not bill.cents:
        bills.add_line(bill, invoice.due, _title(invoice), intent.key_for("line"), _about(invoice))
    if bill.status == "draft":
        bill = bills.finalize_bill(bill.id, intent.key_for("finalize"), advances=bill.is_automatic)
    return bill


def _found_or_made(intent: StripeIntent, invoice: Invoice) -> Bill:
    if invoice.stripe_invoice:
        freshen_key(intent)
        return bills.get_bill(invoice.stripe_invoice)
    customer = customer_of(invoice.organization_id)
    # A try before may have been made for another way of payment: its key does not find it, a look does.
    made = bills.find_bill(_about(invoice), customer, intent.created_at) if intent.attempts > 1 else None
    made = made or _made(intent, invoice, customer)
    note_bill(invoice.pk, made.id)
    return made if intent.attempts == 1 else bills.get_bill(made.id)


def _made(intent: StripeIntent, invoice: Invoice, customer: str) -> Bill:
    days = None if methods_of(customer) else settings.BILLING_DUE_DAYS
    way = "charge" if days is None else f"send-{days}"
    about = _about(invoice)
    return once(
        intent,
        lambda since: bills.find_bill(about, customer, since),
        lambda key: bills.draft_bill(about, customer, f"{key}-{way}", days=days),
    )


def _about(invoice: Invoice) -> About:
    return {"invoice": str(invoice.pk), "number": str(invoice.number)}


def _title(invoice: Invoice) -> str:
    """Return what its line says; in one language: a key goes with the same words each time."""
    return f"API usage, invoice {invoice.number}: {invoice.start:%Y-%m-%d} to {invoice.end:%Y-%m-%d} (UTC)"
