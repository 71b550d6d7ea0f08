"""What each type of event means for us. The object is asked for, and what it says now is what counts.

An effect takes the object's id and says whether it was ours; it may come twice, late and in any order. Mismatch if the
object does not fit, RailError if Stripe does not tell.
"""

from collections.abc import Callable, Mapping

from billing.rail.bills import get_bill
from billing.rail.checkouts import get_checkout
from billing.rail.effects.customers import forget_customer
from billing.rail.effects.disputes import case_changed
from billing.rail.effects.invoices import settle_invoice
from billing.rail.effects.refunds import note_changed, repayment_changed
from billing.rail.effects.topups import is_over_and_unknown, settle_bill, settle_checkout

Effect = Callable[[str], bool]


def checkout_changed(id: str) -> bool:
    checkout = get_checkout(id)
    if not checkout.top_up or is_over_and_unknown(checkout):
        return False
    settle_checkout(checkout)
    return True


def bill_changed(id: str) -> bool:
    bill = get_bill(id)
    if bill.top_up:
        settle_bill(bill)
    elif bill.invoice:
        settle_invoice(bill)
    return bool(bill.top_up or bill.invoice)


EFFECTS: Mapping[str, Effect] = {
    "checkout.session.completed": checkout_changed,
    "checkout.session.async_payment_succeeded": checkout_changed,
    "checkout.session.async_payment_failed": checkout_changed,
    "checkout.session.expired": checkout_changed,
    "invoice.paid": bill_changed,
    "invoice.payment_failed": bill_changed,
    "invoice.payment_action_required": bill_changed,
    "invoice.finalization_failed": bill_changed,
    "invoice.voided": bill_changed,
    "invoice.marked_uncollectible": bill_changed,
    "customer.deleted": forget_customer,
    "refund.created": repayment_changed,
    "refund.updated": repayment_changed,
    "refund.failed": repayment_changed,
    "credit_note.created": note_changed,
    "credit_note.updated": note_changed,
    "credit_note.voided": note_changed,
    "charge.dispute.created": case_changed,
    "charge.dispute.updated": case_changed,
    "charge.dispute.funds_withdrawn": case_changed,
    "charge.dispute.funds_reinstated": case_changed,
    "charge.dispute.closed": case_changed,
}
