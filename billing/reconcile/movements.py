"""The money at Stripe against the clearing account: each payment, refund and dispute, with its tax and net of its fee.

A bank debit moves days before it counts, so more days are looked at there than here. What does not agree is asked for
once more, which posts a fee that was not known before; what then still does not agree is for somebody to look at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet, Sum

from billing.fees import fee_key, tax_key
from billing.models import Account, Dispute, Invoice, Kind, Posting, Refund, TopUp, Transaction
from billing.rail import errors
from billing.rail.balance import Movement, movements_since
from billing.rail.bills import Bill, find_bill_of_payment, get_bill
from billing.rail.disputes import get_case
from billing.rail.effects.disputes import settle_case
from billing.rail.effects.invoices import settle_invoice
from billing.rail.effects.refunds import repayment_changed
from billing.rail.effects.topups import settle_bill
from billing.rail.errors import Mismatch, RailError
from billing.reconcile.report import Report
from catalog.money import CENT

WINDOW = timedelta(days=2)  # of the journal, unless the run before is longer ago
EARLIER = timedelta(days=7)  # that money may have moved before it counted
PATIENCE = timedelta(hours=1)
_REFUNDS = {"refund", "payment_refund"}


@dataclass(frozen=True, slots=True)
class Booked:
    """What the journal has of something that moved money: its transactions by key, and what it has not yet."""

    organization_id: UUID
    keys: tuple[str, ...]
    awaited: int = 0  # cents

    @property
    def cents(self) -> int:
        postings = Posting.objects.filter(transaction__key__in=self.keys, account=Account.CLEARING)
        return int(postings.aggregate(all=Sum("amount"))["all"] or 0) // CENT + self.awaited


def check_movements(report: Report, since: datetime | None, now: datetime) -> None:
    """Compare what moved with what was posted, both ways; RailError."""
    start = min(since or now, now - WINDOW)
    moved: dict[str, list[Movement]] = {}
    for move in movements_since(start - EARLIER):
        _add_up(report, move, start)
        if move.kind != "payout":
            moved.setdefault(move.source or move.id, []).append(move)
    for moves in moved.values():
        report.look()
        _compare(report, moves)
    names = {name for moves in moved.values() for move in moves for name in (move.source, move.payment)}
    _look_for(report, names, Transaction.objects.filter(at__gte=start, at__lt=now - PATIENCE))


def _add_up(report: Report, move: Movement, start: datetime) -> None:
    if move.at < start:
        return
    run = report.run
    if move.kind == "payout":
        run.payouts, run.paid_out = run.payouts + 1, run.paid_out - move.amount
    else:
        run.moved, run.fees = run.moved + move.amount, run.fees + move.fee


def _compare(report: Report, moves: list[Movement]) -> None:
    first, net = moves[-1], sum(move.net for move in moves)  # the list is newest first
    name = first.source or first.id
    if any(move.currency != "usd" for move in moves):
        report.find("movement: currency", name, expected="usd", found=first.currency)
    elif first.is_settled and not _agrees(booked := _booked(first), net):
        trouble = _repair(first)
        after = _booked(first)
        report.find(
            f"movement: {first.kind}",
            name,
            expected=f"{net} cents",
            found=f"{f'{booked.cents} cents' if booked else 'nothing'} {trouble}".strip(),
            organization_id=after.organization_id if after else None,
            is_repaired=_agrees(after, net),
        )


def _agrees(booked: Booked | None, net: int) -> bool:
    return booked is not None and booked.cents == net


def _repair(move: Movement) -> str:
    """Carry over what the movement is of, if it is ours; return why it does not fit, if it does not."""
    try:
        if move.payment and (bill := find_bill_of_payment(move.payment)):
            _carry_over(bill)
        elif move.source.startswith("du_"):
            settle_case(get_case(move.source))
        elif move.kind in _REFUNDS:
            repayment_changed(move.source)
    except Mismatch as mismatch:
        return mismatch.reason
    except RailError as error:
        if error.code != errors.BUSY:
            raise
    return ""


def _carry_over(bill: Bill) -> None:
    if bill.top_up:
        settle_bill(bill)
    elif bill.invoice:
        settle_invoice(bill)


def _booked(move: Movement) -> Booked | None:
    if move.payment:
        return _booked_payment(move.payment)
    if refund := Refund.objects.filter(stripe_refund=move.source).first():
        if refund.is_pending:
            return Booked(refund.organization_id, (), move.net)  # it counts when it has arrived
        return Booked(refund.organization_id, (f"refund-paid:{refund.pk}", f"refund-failed:{refund.pk}"))
    if dispute := Dispute.objects.filter(stripe_dispute=move.source).first():
        return Booked(dispute.organization_id, (f"dispute:{move.source}", f"dispute-won:{move.source}"))
    return None


def _booked_payment(payment: str) -> Booked | None:
    top_up = TopUp.objects.filter(stripe_payment=payment).first()
    fee = Transaction.objects.filter(key=fee_key(payment)).first()
    if not top_up and not fee:
        return None
    about = str(top_up.pk) if top_up else fee.reference if fee else ""
    owner = top_up.organization_id if top_up else fee.organization_id if fee else None
    assert owner
    return Booked(owner, (f"topup:{about}", f"payment:{about}", tax_key(about), fee_key(payment)))


def _look_for(report: Report, moved: set[str], posted: QuerySet[Transaction]) -> None:
    """Find what was posted and moved nothing."""
    for transaction in posted.filter(kind__in=_MOVED_BY).order_by("pk").iterator():
        report.look()
        name = _MOVED_BY[transaction.kind](transaction.reference)
        if name not in moved:
            report.find(
                f"movement: none of {transaction.kind}",
                transaction.reference,
                expected=name or "a payment",
                found="nothing",
                organization_id=transaction.organization_id,
            )


def _payment_of_invoice(invoice_id: str) -> str:
    fee = Transaction.objects.filter(kind=Kind.FEE, reference=invoice_id).values_list("key", flat=True).first()
    if fee:
        return fee.removeprefix(fee_key(""))
    bill = Invoice.objects.values_list("stripe_invoice", flat=True).get(pk=invoice_id)
    return get_bill(bill).payment if bill else ""


_MOVED_BY: Mapping[str, Callable[[str], str]] = {
    Kind.TOP_UP: lambda pk: TopUp.objects.values_list("stripe_payment", flat=True).get(pk=pk),
    Kind.PAYMENT: _payment_of_invoice,
    Kind.REFUND_PAID: lambda pk: Refund.objects.values_list("stripe_refund", flat=True).get(pk=pk),
    Kind.DISPUTE: lambda pk: Dispute.objects.values_list("stripe_dispute", flat=True).get(pk=pk),
}
