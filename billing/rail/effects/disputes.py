"""What a dispute at Stripe means for us: each of its steps once, in whichever order it is heard of."""

from billing.actions.dispute_steps import Moved, lose, open_dispute, reinstate, win, withdraw
from billing.models import Dispute, Invoice, InvoiceStatus, TopUp
from billing.rail import errors
from billing.rail.bills import find_bill_of_payment
from billing.rail.client import is_live
from billing.rail.disputes import Case, get_case
from billing.rail.effects.invoices import settle_invoice
from billing.rail.effects.topups import settle_bill
from billing.rail.errors import Mismatch, RailError


def case_changed(id: str) -> bool:
    return settle_case(get_case(id))


def settle_case(case: Case) -> bool:
    """Carry over where a dispute stands; False if it is over nothing of ours. Mismatch, RailError."""
    about = _paid_with(case.payment)
    if about is None:
        return False
    _check(case, about)
    if case.is_inquiry:
        return True
    dispute = open_dispute(about, case.id, cents=case.cents, reason=case.reason)
    if case.withdrawn:
        withdraw(dispute.pk, Moved(case.withdrawn.amount, case.withdrawn.fee))
    if case.reinstated:
        reinstate(dispute.pk, Moved(-case.reinstated.amount, -case.reinstated.fee))
    _end(dispute, case)
    return True


def _end(dispute: Dispute, case: Case) -> None:
    if case.is_won:
        win(dispute.pk)
    elif case.is_lost and not lose(dispute.pk):
        raise RailError("A refund of this payment is under way.", errors.BUSY, permanent=False)


def _check(case: Case, about: TopUp | Invoice) -> None:
    if case.livemode != is_live():
        raise Mismatch("livemode")
    if case.currency != "usd":
        raise Mismatch("currency")
    known = Dispute.objects.filter(stripe_dispute=case.id).first()
    if known and about.pk not in (known.top_up_id, known.invoice_id):
        raise Mismatch("payment")


def _paid_with(payment: str) -> TopUp | Invoice | None:
    """Return what a payment paid for; what we have not heard of yet is carried over first. Mismatch if it did not."""
    if not payment:
        return None
    if top_up := TopUp.objects.filter(stripe_payment=payment, paid_at__isnull=False).first():
        return top_up
    bill = find_bill_of_payment(payment)
    if bill and bill.top_up:
        settle_bill(bill)
        return _paid(TopUp.objects.filter(pk=bill.top_up, paid_at__isnull=False).first())
    if bill and bill.invoice:
        settle_invoice(bill)
        return _paid(Invoice.objects.filter(pk=bill.invoice, status=InvoiceStatus.PAID).first())
    return None


def _paid(found: TopUp | Invoice | None) -> TopUp | Invoice:
    if found is None:
        raise Mismatch("not-paid")
    return found
