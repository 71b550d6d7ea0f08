"""Paying back credit: by a credit note on the invoice of its purchase, so that Stripe's papers agree with ours."""

from billing.actions.refund_ends import fail_refund, note_refund
from billing.models import Deed, Refund, StripeIntent
from billing.rail.bills import get_bill
from billing.rail.carrying import carries, once
from billing.rail.effects.refunds import settle_refund
from billing.rail.errors import Mismatch, RailError
from billing.rail.refunds import (
    Note,
    Repayment,
    find_note,
    find_repayment,
    get_repayment,
    make_note,
    make_repayment,
)


@carries(Deed.REFUND)
def pay_back(intent: StripeIntent) -> None:
    refund = Refund.objects.select_related("top_up").get(pk=intent.subject_id)
    if not refund.is_pending:
        return
    if not refund.stripe_refund:
        try:
            _begin(intent, refund)
        except RailError as error:
            if error.permanent:
                fail_refund(refund.pk, error.code)
            raise
    refund.refresh_from_db()
    settle_refund(refund, get_repayment(refund.stripe_refund))


def _begin(intent: StripeIntent, refund: Refund) -> None:
    """Have Stripe pay it back, once, and note what it calls that."""
    bill = get_bill(refund.top_up.stripe_invoice) if refund.top_up.stripe_invoice else None
    if bill is None:
        made = _plain(intent, refund)
        note_refund(refund.pk, total=refund.cents, name=made.id)
        return
    # With the tax on it; of the cent that cannot be split the customer's part stays in what is not refunded yet.
    total = refund.cents * bill.total // bill.cents
    note = _noted(intent, refund, bill.id, total)
    if len(note.repayments) != 1:
        raise Mismatch("credit-note")
    note_refund(refund.pk, total=total, name=note.repayments[0])


def _plain(intent: StripeIntent, refund: Refund) -> Repayment:
    name, payment = str(refund.pk), refund.top_up.stripe_payment
    return once(
        intent,
        lambda _: find_repayment(name, payment),
        lambda key: make_repayment(name, payment, refund.cents, key),
    )


def _noted(intent: StripeIntent, refund: Refund, bill: str, total: int) -> Note:
    name = str(refund.pk)
    return once(intent, lambda _: find_note(name, bill), lambda key: make_note(name, bill, total, key))
