"""What Stripe's refunds mean for ours: paid, or failed and the credit is back. Nobody else refunds what we sold."""

from billing.actions.refund_ends import fail_refund, pay_refund
from billing.models import Refund, TopUp
from billing.rail import errors
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
    elif found.payment and TopUp.objects.filter(stripe_payment=found.payment).exists():
        _await(found)
        return False
    return refund is not None


def note_changed(id: str) -> bool:
    note = get_note(id)
    if not note.refund:
        return False
    changed = [repayment_changed(each) for each in note.repayments]
    return any(changed)


def _await(found: Repayment) -> None:
    """Come back for a refund whose name is not noted yet. One that we did not ask for is looked at by somebody."""
    pending = Refund.objects.pending().filter(top_up__stripe_payment=found.payment, stripe_refund="")
    if not pending.exists():
        raise Mismatch("unknown-refund")
    raise RailError("This refund is being made at this moment.", errors.BUSY, permanent=False)
