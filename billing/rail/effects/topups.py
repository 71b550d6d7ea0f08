"""What Stripe's own objects mean for top-ups: paid is credit, once; anything that does not fit has no effect."""

from uuid import UUID

from billing.actions.topup_ends import (
    await_confirmation,
    expire_top_up,
    fail_top_up,
    note_at_stripe,
    pay_top_up,
)
from billing.fees import fee_key
from billing.journal import is_posted
from billing.models import BillingAccount, Origin, TopUp
from billing.rail.bills import Bill
from billing.rail.checkouts import Checkout
from billing.rail.client import is_live
from billing.rail.errors import Mismatch
from billing.rail.payments import Payment, fee_of, get_payment


def settle_checkout(checkout: Checkout) -> None:
    """Carry over what became of a session; Mismatch, RailError."""
    top_up = _fitting(checkout)
    note_at_stripe(top_up.pk, session=checkout.id, invoice=checkout.invoice, payment=checkout.payment)
    if checkout.is_paid:
        _pay(top_up, checkout.payment, checkout.tax)
    elif checkout.status == "expired":
        expire_top_up(top_up.pk)
    elif checkout.status == "complete" and top_up.is_pending and (payment := get_payment(checkout.payment)).has_failed:
        fail_top_up(top_up.pk, payment.reason)


def is_over_and_unknown(checkout: Checkout) -> bool:
    """Tell whether a session expired unpaid that is for no purchase of ours: nothing follows from it."""
    if checkout.is_paid or checkout.status != "expired":
        return False
    try:
        _named(checkout.top_up)
    except Mismatch:
        return True
    return False


def settle_bill(bill: Bill, *, is_overdue: bool = False) -> None:
    """Carry over what became of the invoice of a top-up; Mismatch, RailError.

    One that is overdue and not paid has failed: nobody confirmed it in time.
    """
    top_up = _fitting(bill)
    note_at_stripe(top_up.pk, invoice=bill.id, payment=bill.payment)
    if bill.is_paid:
        _pay(top_up, bill.payment, bill.tax)
    elif not top_up.is_pending or top_up.origin == Origin.CHECKOUT:
        return
    elif bill.status in {"void", "uncollectible"}:
        fail_top_up(top_up.pk, bill.status)
    elif bill.is_open and bill.payment:
        _judge(top_up, get_payment(bill.payment), is_overdue=is_overdue)


def _judge(top_up: TopUp, payment: Payment, *, is_overdue: bool) -> None:
    if payment.needs_confirmation and not is_overdue:
        await_confirmation(top_up.pk)
    elif payment.has_failed or payment.needs_confirmation:
        fail_top_up(top_up.pk, payment.reason or payment.status.replace("_", "-"))


def _pay(top_up: TopUp, payment: str, tax: int) -> None:
    if top_up.is_paid and (not payment or is_posted(fee_key(payment))):
        return
    pay_top_up(top_up.pk, payment=payment, fee=fee_of(payment), tax=tax)


def _fitting(found: Checkout | Bill) -> TopUp:
    """Return the top-up that an object is for, if it is in everything what we asked for."""
    top_up = _named(found.top_up)
    if found.livemode != is_live():
        raise Mismatch("livemode")
    if found.currency != "usd":
        raise Mismatch("currency")
    if found.customer != BillingAccount.objects.get(pk=top_up.organization_id).stripe_customer:
        raise Mismatch("customer")
    if not _is_asked_amount(top_up, found):
        raise Mismatch("amount")
    if top_up.is_paid and top_up.stripe_payment and found.payment not in ("", top_up.stripe_payment):
        raise Mismatch("paid-twice")
    return top_up


def _is_asked_amount(top_up: TopUp, found: Checkout | Bill) -> bool:
    has_no_line_yet = isinstance(found, Bill) and found.status == "draft"
    return has_no_line_yet or (found.cents, found.total) == (top_up.cents, top_up.cents + found.tax)


def _named(top_up_id: str) -> TopUp:
    try:
        return TopUp.objects.get(pk=UUID(top_up_id))
    except (ValueError, TopUp.DoesNotExist):
        raise Mismatch("unknown-top-up") from None
