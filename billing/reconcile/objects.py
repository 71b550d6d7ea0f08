"""What is open here is asked of Stripe: purchases, invoices, refunds and disputes whose end was never told."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from billing.models import Dispute, Invoice, Refund, TopUp
from billing.rail.bills import get_bill
from billing.rail.disputes import get_case
from billing.rail.effects.disputes import settle_case
from billing.rail.effects.invoices import settle_invoice
from billing.rail.effects.refunds import settle_refund
from billing.rail.errors import Mismatch, RailError
from billing.rail.lookups import look_up
from billing.rail.refunds import get_repayment
from billing.reconcile.report import Report

PATIENCE = timedelta(minutes=10)  # what is younger may be under way
_Open = TopUp | Invoice | Refund | Dispute
_Looks = Iterator[tuple[_Open, Callable[[], object]]]


def check_objects(report: Report, organization_id: UUID | None, now: datetime) -> None:
    """Ask what became of everything that is open, of one organization or of all; RailError if Stripe is away."""
    for row, look in _open(organization_id, now - PATIENCE):
        report.look()
        _ask(report, row, look)


def _ask(report: Report, row: _Open, look: Callable[[], object]) -> None:
    what, before, owner = type(row)._meta.verbose_name or "", row.status, row.organization_id
    try:
        look()
    except Mismatch as mismatch:
        report.find(
            f"{what} at Stripe", row.pk, expected="what we asked for", found=mismatch.reason, organization_id=owner
        )
        return
    except RailError as error:
        if not error.permanent:
            raise
        report.find(f"{what} at Stripe", row.pk, expected=before, found=error.code, organization_id=owner)
        return
    row.refresh_from_db(fields=["status"])
    if row.status != before:
        about = {"expected": row.status, "found": before}
        report.find(f"{what} at Stripe", row.pk, organization_id=owner, is_repaired=True, **about)


def _open(organization_id: UUID | None, before: datetime) -> _Looks:
    whose = {"organization_id": organization_id} if organization_id else {}
    for top_up in TopUp.objects.pending().filter(created_at__lt=before, **whose).order_by("pk"):
        yield top_up, partial(look_up, top_up)
    for invoice in Invoice.objects.unpaid().filter(closed_at__lt=before, **whose).exclude(stripe_invoice=""):
        yield invoice, partial(_look_up_invoice, invoice)
    for refund in Refund.objects.pending().filter(created_at__lt=before, **whose).exclude(stripe_refund=""):
        yield refund, partial(_look_up_refund, refund)
    for dispute in Dispute.objects.open().filter(**whose).order_by("pk"):
        yield dispute, partial(_look_up_dispute, dispute)


def _look_up_invoice(invoice: Invoice) -> None:
    settle_invoice(get_bill(invoice.stripe_invoice))


def _look_up_refund(refund: Refund) -> None:
    settle_refund(refund, get_repayment(refund.stripe_refund))


def _look_up_dispute(dispute: Dispute) -> None:
    settle_case(get_case(dispute.stripe_dispute))
