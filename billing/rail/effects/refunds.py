"""What Stripe's refunds mean for ours: paid, or failed and the credit is back. One made there is taken over."""

from billing.actions.foreign_refunds import take_foreign_refund
from billing.actions.refund_ends import fail_refund, pay_refund
from billing.models import Refund, TopUp
from billing.rail import errors
from billing.rail.bills import get_bill
from billing.rail.effects.topups import settle_bill
from billing.rail.errors import Mismatch, RailError
from billing.rail.refunds import Repayment, get_note, get_repayment


def settle_refund(refund: Refund, found: Repayment) -> None:
    """Carry over what became of a refund; Mismatch."""
    if found.currency != "usd":
        raise Mismatch("currency")
    if found.payment != refund.top_up.stripe_payment:
        raise Mismatch("payment")
    if found.cents != refund.total:
        raise Mismatch("amount")
    if found.is_paid:
        pay_refund(refund.pk)
    elif found.has_failed:
        fail_refund(refund.pk, found.reason)


def repayment_changed(id: str) -> bool:
    found = get_repayment(id)
    refund = Refund.objects.select_related("top_up").filter(stripe_refund=found.id).first()
    if refund:
        settle_refund(refund, found)
        return True
    top_up = TopUp.objects.filter(stripe_payment=found.payment).first() if found.payment else None
    return top_up is not None and _take_over(top_up, found)


def note_changed(id: str) -> bool:
    note = get_note(id)
    if not note.refund:
        return False
    changed = [repayment_changed(each) for each in note.repayments]
    return any(changed)


def _take_over(top_up: TopUp, found: Repayment) -> bool:
    """Take the credit of a refund that was made at Stripe; come back later for one whose name is not noted yet."""
    if Refund.objects.pending().filter(top_up=top_up, stripe_refund="").exists():
        raise RailError("This refund is being made at this moment.", errors.BUSY, permanent=False)
    if found.refund:  # it names one of ours, which has another
        raise Mismatch("unknown-refund")
    if found.currency != "usd":
        raise Mismatch("currency")
    if found.has_failed or not _paid(top_up):
        return False
    refund = take_foreign_refund(top_up.pk, found.id, cents=_credit_of(top_up, found.cents), total=found.cents)
    if refund is None:
        raise Mismatch("unknown-refund")
    settle_refund(refund, found)
    return True


def _paid(top_up: TopUp) -> bool:
    """Tell whether its credit is there; of what was paid and not heard of yet it is given first."""
    if not top_up.is_paid and top_up.stripe_invoice:
        settle_bill(get_bill(top_up.stripe_invoice))
        top_up.refresh_from_db()
    return top_up.is_paid


def _credit_of(top_up: TopUp, cents: int) -> int:
    """Return how much credit a refund is of, without the tax on it, in whole cents."""
    bill = get_bill(top_up.stripe_invoice) if top_up.stripe_invoice else None
    return (cents * bill.cents + bill.total // 2) // bill.total if bill and bill.tax else cents
