"""Collecting invoices: what is due and not at Stripe yet is sent there; and giving up what nobody will pay."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from billing.accounts import lock_account
from billing.actions.dunning import audience_of_end, lift_suspension
from billing.actions.invoice_ends import void_key
from billing.errors import BillingError
from billing.invoices import payments
from billing.journal import post
from billing.models import Account, Deed, Invoice, InvoiceStatus, Kind, StripeIntent
from billing.models.invoice import LEAST
from billing.rail.client import is_set_up
from billing.rail.outbox import intend
from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import new_id
from ledger.models import Action

COLLECTOR = Actor.system("billing")
_BATCH = 100


def collect_due() -> int:
    """Have Stripe collect what is due on closed invoices and not there yet; return how many. Nothing without Stripe.

    What is less than Stripe takes stays open, and nobody is suspended for it.
    """
    if not is_set_up():
        return 0
    begun = StripeIntent.objects.filter(kind=Deed.COLLECTION, subject_id=OuterRef("pk"))
    waiting = Invoice.objects.filter(~Exists(begun), status=InvoiceStatus.OPEN, stripe_invoice="", due__gte=LEAST)
    return sum(_begun(invoice_id) for invoice_id in list(waiting.order_by("pk").values_list("pk", flat=True)[:_BATCH]))


def write_off_invoice(actor: Actor, organization_id: UUID, *, number: int, now: datetime) -> Invoice:
    """Take back what an invoice asks for, here and at Stripe; BillingError `not-found` or `status` (nothing is due)."""
    to = audience_of_end(organization_id)
    with transaction.atomic():
        account = lock_account(organization_id)
        invoice = Invoice.objects.of(organization_id).closed().filter(number=number).first()
        if invoice is None:
            raise BillingError("not-found", "There is no such invoice.")
        payments.mark_void(actor, account, invoice, key=void_key(invoice), at=now)
        lift_suspension(actor, account, to, now)
        if invoice.stripe_invoice:
            intend(Deed.WITHDRAWAL, organization_id, invoice.pk)
    return invoice


def write_off_debt(actor: Actor, organization_id: UUID, *, amount: int) -> int:
    """Forgive so much of what is owed and stands on no invoice, in pico-dollars, and return what is left of it.

    BillingError `amount` if it is more than that, or nothing.
    """
    with transaction.atomic():
        account = lock_account(organization_id)
        if not 0 < amount <= account.debt:
            raise BillingError("amount", "So much is not owed.")
        amounts = {Account.PROMOTIONS: amount, Account.RECEIVABLE: -amount}
        written = post(account, Kind.WRITE_OFF, f"write-off:{new_id()}", amounts)
        record_event(actor, Action.DEBT_WRITTEN_OFF, target=written.pk, organization_id=account.pk, amount=amount)
    return account.debt


def _begun(invoice_id: UUID) -> bool:
    with transaction.atomic():
        account = lock_account(Invoice.objects.values_list("organization_id", flat=True).get(pk=invoice_id))
        invoice = Invoice.objects.get(pk=invoice_id)
        if invoice.status != InvoiceStatus.OPEN:
            return False
        intend(Deed.COLLECTION, account.pk, invoice.pk)
        record_event(
            COLLECTOR,
            Action.INVOICE_COLLECTED,
            target=invoice.pk,
            organization_id=account.pk,
            number=invoice.number,
            cents=invoice.due,
        )
    return True
