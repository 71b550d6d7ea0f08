"""What becomes of what a closed invoice asks for: it is paid, or void, or given up for now.

Whoever calls holds the account's lock. What is done again under the same key changes nothing.
"""

from datetime import datetime

from billing.errors import BillingError
from billing.journal import is_posted, post
from billing.models import Account, BillingAccount, Invoice, InvoiceStatus, Kind
from catalog.money import CENT
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action

_UNPAID = (InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE)


def mark_paid(actor: Actor, account: BillingAccount, invoice: Invoice, *, key: str, at: datetime) -> None:
    """Note that all of it was paid, even one that was given up; BillingError `status` if nothing of it is due."""
    if is_posted(key):
        return
    _settle(account, invoice, Kind.PAYMENT, Account.CLEARING, key, at)
    invoice.status, invoice.paid_at = InvoiceStatus.PAID, at
    _save(actor, Action.INVOICE_PAID, invoice)


def mark_void(actor: Actor, account: BillingAccount, invoice: Invoice, *, key: str, at: datetime) -> None:
    """Take back what it asks for, which nobody owes any more; BillingError `status` if nothing of it is due."""
    if is_posted(key):
        return
    _settle(account, invoice, Kind.WRITE_OFF, Account.PROMOTIONS, key, at)
    invoice.status = InvoiceStatus.VOID
    _save(actor, Action.INVOICE_VOIDED, invoice)


def mark_uncollectible(actor: Actor, account: BillingAccount, invoice: Invoice) -> None:
    """Note that nobody tries to collect it any more. It is owed all the same, so nothing is posted."""
    invoice.refresh_from_db()
    if invoice.status == InvoiceStatus.UNCOLLECTIBLE:
        return
    _require(account, invoice, InvoiceStatus.OPEN)
    invoice.status = InvoiceStatus.UNCOLLECTIBLE
    _save(actor, Action.INVOICE_UNCOLLECTIBLE, invoice)


def _settle(account: BillingAccount, invoice: Invoice, kind: Kind, against: Account, key: str, at: datetime) -> None:
    invoice.refresh_from_db()
    _require(account, invoice, *_UNPAID)
    due = invoice.due * CENT
    post(account, kind, key, {against: due, Account.INVOICED: -due}, reference=invoice.pk, at=at)


def _require(account: BillingAccount, invoice: Invoice, *statuses: InvoiceStatus) -> None:
    if invoice.organization_id != account.pk or invoice.status not in statuses:
        raise BillingError("status", "Nothing of this invoice is to be paid.")


def _save(actor: Actor, action: Action, invoice: Invoice) -> None:
    invoice.save(update_fields=["status", "paid_at"])
    record_event(actor, action, target=invoice.pk, organization_id=invoice.organization_id, number=invoice.number)
