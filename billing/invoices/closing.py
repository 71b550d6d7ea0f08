"""Closing invoices: a draft whose span is over gets its number, its cents and its snapshot, once.

First the draft is sealed: usage that comes from then on lands in the next one. So its calls, of which there may be
millions, are counted under no lock. Under the account's lock it is closed only if the calls, the lines and the journal
say the same to the pico-dollar; else nothing is closed, and somebody has to look.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from accounts.models import Organization
from accounts.recipients import of_billing
from billing.accounts import lock_account
from billing.errors import BillingError
from billing.invoices.amounts import Amounts, in_cents
from billing.invoices.rated import Tally, tally
from billing.invoices.snapshot import Line, amounts_of, lines_of, posted, write_snapshot
from billing.journal import post
from billing.models import Account, BillingAccount, Invoice, InvoiceLine, InvoiceStatus, Kind, Posting
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell
from notifications.webhooks.publish import publish
from usage.models import UsageEvent

logger = logging.getLogger(__name__)
GRACE = timedelta(minutes=10)  # after the end of a span, for calls that are still on their way
CLOSER = Actor.system("billing")


def close_due(now: datetime) -> int:
    """Close the drafts that have been over for the time of grace and return how many invoices that made.

    Where one cannot be closed it is logged, and the later ones of its organization wait with it.
    """
    over = Invoice.objects.drafts().filter(end__lte=now - GRACE).order_by("organization_id", "end")
    closed = 0
    for draft_id in list(over.values_list("pk", flat=True)):
        with suppress(BillingError):  # the later ones are refused as out of order
            closed += close_invoice(CLOSER, draft_id, now=now) is not None
    return closed


def close_now(actor: Actor, organization_id: UUID, *, now: datetime) -> Invoice | None:
    """End the current draft at this moment and close it; return the invoice, or None where nothing was used.

    Earlier drafts that wait are closed before it. Usage from now on lands in a new draft, up to the end of the month.
    BillingError as of `close_invoice`, or `clock` if a later moment's usage is in the draft.
    """
    end_draft(actor, organization_id, now=now)
    over = Invoice.objects.of(organization_id).drafts().filter(end__lte=now).order_by("end")
    closed = [close_invoice(actor, draft_id, now=now) for draft_id in list(over.values_list("pk", flat=True))]
    return closed[-1] if closed else None


def end_draft(actor: Actor, organization_id: UUID, *, now: datetime) -> None:
    """End the span of the draft that is under way, if there is one, at this moment instead of the month's end."""
    with transaction.atomic():
        account = lock_account(organization_id)
        draft = Invoice.objects.of(organization_id).drafts().filter(start__lt=now, end__gt=now).first()
        if not draft:
            return
        later = UsageEvent.objects.filter(organization_id=organization_id, started_at__gte=now, billed_in=draft.pk)
        if later.exists():
            raise BillingError("clock", "There is usage of a later moment already. Please try again in a minute.")
        draft.end = now
        draft.save(update_fields=["end"])
        _seal(account, now)
        record_event(actor, Action.INVOICE_ENDED, target=draft.pk, organization_id=organization_id)


def close_invoice(actor: Actor, invoice_id: UUID, *, now: datetime) -> Invoice | None:
    """Close a draft whose span is over, and return it; one that is closed is returned as it is.

    A draft in which no call landed is removed: None. BillingError `too-early`, `order` if an earlier draft is open,
    or `disagreement` (and a log line that somebody has to see) if calls, lines and journal do not say the same.
    """
    draft = _sealed(invoice_id, now)
    if draft is None or not draft.is_draft:
        return draft
    try:
        counted, to = tally(draft), _recipients(draft.organization_id)
        with transaction.atomic():
            return _close(actor, draft, counted, to, now)
    except BillingError as error:
        logger.critical("Invoice %s cannot be closed: %s", invoice_id, error.message)
        raise


def _sealed(invoice_id: UUID, now: datetime) -> Invoice | None:
    """Return the draft, from now on out of reach for usage; or the invoice, if it is closed, or None."""
    found = Invoice.objects.filter(pk=invoice_id).first()
    if found is None or not found.is_draft:
        return found
    with transaction.atomic():
        account = lock_account(found.organization_id)
        if found.end > now:
            raise BillingError("too-early", "The span of this invoice is not over.")
        if Invoice.objects.of(account.pk).drafts().filter(end__lt=found.end).exists():
            raise BillingError("order", "There is an earlier invoice to close first.")
        _seal(account, found.end)
    return found


def _seal(account: BillingAccount, end: datetime) -> None:
    if account.billed_until is None or account.billed_until < end:
        account.billed_until = end
        account.save(update_fields=["billed_until"])


def _close(actor: Actor, draft: Invoice, counted: Tally, to: Iterable[UUID], now: datetime) -> Invoice | None:
    account = lock_account(draft.organization_id)
    invoice = Invoice.objects.filter(pk=draft.pk).first()
    if invoice is None or not invoice.is_draft:  # another worker was first
        return invoice
    lines = lines_of(counted)
    _compare(invoice, counted, lines)
    if not counted.events:
        invoice.delete()
        return None
    _write_cents(invoice, lines)
    amounts = amounts_of(invoice, counted, _to_invoice(account, invoice))
    _post(account, invoice, amounts, now)
    _complete(account, invoice, counted, amounts, now)
    named = {"number": invoice.number, "hash": invoice.hash, "root": counted.root.hex()}
    record_event(actor, Action.INVOICE_CLOSED, target=invoice.pk, organization_id=account.pk, **named)
    publish(account.pk, "invoice.closed", invoice.pk)
    if invoice.total:  # nobody needs a letter about nothing
        tell("invoice-ready", invoice.pk, to, key=f"invoice:{invoice.pk}")
    return invoice


def _compare(invoice: Invoice, counted: Tally, lines: Iterable[Line]) -> None:
    """Refuse unless the calls say what the lines say, and what the journal says."""
    columns = ("model", "price_version", "token_class", "calls", "tokens", "amount")
    kept = set(invoice.lines.values_list(*columns))
    if kept != {tuple(line[column] for column in columns) for line in lines}:
        raise BillingError("disagreement", "Its lines are not the sums of its calls.")
    revenue = -posted(invoice, Kind.USAGE, Account.REVENUE)
    if revenue != counted.amount:
        raise BillingError("disagreement", f"The journal says {revenue} and the calls {counted.amount}.")


def _to_invoice(account: BillingAccount, invoice: Invoice) -> int:
    """Return how much of what is owed this invoice asks for: of who pays in advance nothing, their next credit repays.

    Of others all that stands on no invoice yet, but for what the calls of later drafts made of it. What is too little
    to be collected waits for the next one.
    """
    if account.is_prepaid:
        return 0
    uninvoiced = _uninvoiced(account, invoice)
    return uninvoiced if in_cents(uninvoiced) >= settings.BILLING_LEAST_DUE else 0


def _uninvoiced(account: BillingAccount, invoice: Invoice) -> int:
    drafts = Invoice.objects.of(account.pk).drafts().exclude(pk=invoice.pk).values_list("pk", flat=True)
    later = Posting.objects.filter(
        transaction__reference__in=[str(pk) for pk in drafts],
        transaction__kind=Kind.USAGE,
        account=Account.RECEIVABLE,
    )
    return max(0, account.debt - int(later.aggregate(all=Sum("amount"))["all"] or 0))


def _write_cents(invoice: Invoice, lines: Iterable[Line]) -> None:
    cents = {(line["model"], line["price_version"], line["token_class"]): line["cents"] for line in lines}
    kept = list(invoice.lines.all())
    for line in kept:
        line.cents = cents[line.model, line.price_version, line.token_class]
    InvoiceLine.objects.bulk_update(kept, ["cents"], batch_size=200)


def _post(account: BillingAccount, invoice: Invoice, amounts: Amounts, now: datetime) -> None:
    """Move what is asked for to the invoices, in whole cents; what rounding adds or takes is posted with it."""
    if amounts.exact:
        asked = {
            Account.INVOICED: amounts.exact + amounts.rounding,
            Account.RECEIVABLE: -amounts.exact,
            Account.ROUNDING: -amounts.rounding,
        }
        post(account, Kind.INVOICE, f"invoice:{invoice.pk}", asked, reference=invoice.pk, at=now)


def _complete(account: BillingAccount, invoice: Invoice, counted: Tally, amounts: Amounts, now: datetime) -> None:
    account.invoices += 1
    account.save(update_fields=["invoices"])
    cents = amounts.cents()
    invoice.number, invoice.mode, invoice.closed_at = account.invoices, account.mode, now
    invoice.total, invoice.due = cents["total"], cents["due"]
    if invoice.due:
        invoice.status, invoice.due_at = InvoiceStatus.OPEN, now + timedelta(days=settings.BILLING_DUE_DAYS)
    else:
        invoice.status, invoice.paid_at = InvoiceStatus.PAID, now
    invoice.snapshot = write_snapshot(invoice, counted, amounts)
    invoice.hash = sha256(invoice.snapshot).hexdigest()
    invoice.save()


def _recipients(organization_id: UUID) -> list[UUID]:
    organization = Organization.objects.filter(pk=organization_id).first()
    return of_billing(organization) if organization else []
