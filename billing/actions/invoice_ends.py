"""How invoices that Stripe collects end: paid, refused for now, void, given up. Each under the account's lock.

Only `pay_invoice` posts money, under the business's own key. Who is told is looked up before the lock is taken.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing.accounts import lock_account
from billing.actions.dunning import audience_of_end, lift_suspension
from billing.actions.topup_ends import STRIPE
from billing.audience import audience_of
from billing.fees import post_fee, post_tax
from billing.invoices import payments
from billing.models import BillingAccount, Invoice, InvoiceStatus
from billing.models.topup import CONFIRMATION
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell


def note_bill(invoice_id: UUID, bill: str) -> None:
    """Note which invoice at Stripe collects ours; what was noted first stays."""
    Invoice.objects.filter(pk=invoice_id, stripe_invoice="").update(stripe_invoice=bill)


def pay_invoice(
    invoice_id: UUID, *, payment: str, fee: int | None = None, tax: int = 0, now: datetime | None = None
) -> None:
    """Post that all of it was paid, once, with the tax on it and what Stripe kept, in cents.

    BillingError `status` if it is void.
    """
    now = now or timezone.now()
    to = _audience(invoice_id)
    with transaction.atomic():
        account, invoice = _locked(invoice_id)
        if invoice.status != InvoiceStatus.PAID:
            payments.mark_paid(STRIPE, account, invoice, key=f"payment:{invoice.pk}", at=now)
            _clear(invoice)
            tell("receipt", invoice.pk, to, key=f"receipt:{invoice.pk}")
            lift_suspension(STRIPE, account, to, now)
        post_tax(account, tax, reference=invoice.pk)
        post_fee(account, payment, fee, reference=invoice.pk)


def fail_payment(invoice_id: UUID, code: str, *, tries: int, retry_at: datetime | None) -> None:
    """Note that a try to collect it failed, and tell people once for each; it stays open, and Stripe goes on."""
    to = _audience(invoice_id)
    with transaction.atomic():
        _, invoice = _locked(invoice_id)
        if invoice.status != InvoiceStatus.OPEN or invoice.tries >= tries:
            return
        invoice.failure, invoice.tries, invoice.retry_at = code[:40], tries, retry_at
        invoice.save(update_fields=["failure", "tries", "retry_at"])
        is_waiting = code == CONFIRMATION
        action = Action.INVOICE_WAITS if is_waiting else Action.INVOICE_REFUSED
        record_event(
            STRIPE, action, target=invoice.pk, organization_id=invoice.organization_id, because=invoice.failure
        )
        kind = "payment-action" if is_waiting else "payment-failed"
        tell(kind, invoice.pk, to, key=f"{kind}:{invoice.pk}:{tries}")


def void_invoice(invoice_id: UUID, now: datetime | None = None) -> None:
    """Note that it was voided at Stripe: nobody owes it any more."""
    now = now or timezone.now()
    to = audience_of_end(Invoice.objects.values_list("organization_id", flat=True).get(pk=invoice_id))
    with transaction.atomic():
        account, invoice = _locked(invoice_id)
        payments.mark_void(STRIPE, account, invoice, key=void_key(invoice), at=now)
        lift_suspension(STRIPE, account, to, now)


def give_up_invoice(invoice_id: UUID) -> None:
    """Note that Stripe does not try to collect it any more; it is owed all the same."""
    with transaction.atomic():
        account, invoice = _locked(invoice_id)
        if invoice.status == InvoiceStatus.OPEN:
            payments.mark_uncollectible(STRIPE, account, invoice)


def void_key(invoice: Invoice) -> str:
    return f"void:{invoice.pk}"


def _locked(invoice_id: UUID) -> tuple[BillingAccount, Invoice]:
    account = lock_account(Invoice.objects.values_list("organization_id", flat=True).get(pk=invoice_id))
    return account, Invoice.objects.get(pk=invoice_id)


def _clear(invoice: Invoice) -> None:
    invoice.failure, invoice.retry_at = "", None
    invoice.save(update_fields=["failure", "retry_at"])


def _audience(invoice_id: UUID) -> Sequence[UUID]:
    open_one = Invoice.objects.unpaid().filter(pk=invoice_id).values_list("organization_id", flat=True).first()
    return audience_of(open_one) if open_one else []
