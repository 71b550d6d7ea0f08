"""Charging for a recharge with nobody there, and withdrawing the invoice of one that failed.

It goes on from what Stripe has: a draft gets its line and is finalized, an open invoice is charged, a paid one is
credit. So a worker may die after any step, and no step is a second charge: only one invoice is ever charged, and a paid
one cannot be paid again.
"""

from billing.actions.topup_ends import fail_top_up, note_at_stripe
from billing.models import Deed, StripeIntent, TopUp
from billing.models.topup import NO_METHOD
from billing.rail import bills, errors
from billing.rail.bills import Bill
from billing.rail.cards import methods_of
from billing.rail.carrying import carries, freshen_key, once
from billing.rail.deeds.checkouts import TITLE
from billing.rail.deeds.customers import customer_of
from billing.rail.effects.topups import settle_bill
from billing.rail.errors import RailError


@carries(Deed.RECHARGE)
def charge(intent: StripeIntent) -> None:
    top_up = TopUp.objects.get(pk=intent.subject_id)
    if not top_up.is_pending:
        return
    try:
        bill = _ready(intent, top_up)
        if bill.is_open:
            bill = _charged(intent, bill)
    except RailError as error:
        if error.permanent:
            fail_top_up(top_up.pk, error.reason or error.code)
        raise
    settle_bill(bill)


@carries(Deed.VOIDING)
def withdraw(intent: StripeIntent) -> None:
    """Void an invoice, so that nobody pays it any more. One that was paid meanwhile is credit."""
    freshen_key(intent)
    bill = bills.get_bill(TopUp.objects.get(pk=intent.subject_id).stripe_invoice)
    if bill.status == "draft":
        bills.delete_draft(bill.id, intent.key_for("delete"))
        return
    if bill.is_open:
        bill = bills.void_bill(bill.id, intent.key_for("void"))
    settle_bill(bill)


def _ready(intent: StripeIntent, top_up: TopUp) -> Bill:
    """Return the invoice of a top-up, finalized."""
    bill = _found_or_made(intent, top_up)
    if bill.status == "draft" and not bill.cents:
        bills.add_line(bill, top_up.cents, TITLE, intent.key_for("line"))
    if bill.status == "draft":
        bill = bills.finalize_bill(bill.id, intent.key_for("finalize"))
    return bill


def _found_or_made(intent: StripeIntent, top_up: TopUp) -> Bill:
    if top_up.stripe_invoice:
        freshen_key(intent)
        return bills.get_bill(top_up.stripe_invoice)
    about, customer = {"top_up": str(top_up.pk)}, customer_of(top_up.organization_id)
    if intent.attempts == 1 and not methods_of(customer):
        raise _no_method()  # before there is an invoice to withdraw
    made = once(
        intent,
        lambda since: bills.find_bill(about, customer, since),
        lambda key: bills.draft_bill(about, customer, key),
    )
    note_at_stripe(top_up.pk, invoice=made.id)
    # What is answered to a key again is how it was then.
    return made if intent.attempts == 1 else bills.get_bill(made.id)


def _charged(intent: StripeIntent, bill: Bill) -> Bill:
    """Charge an open invoice, and return what became of it; RailError `declined`, or any other."""
    methods = methods_of(bill.customer)
    if not methods:
        raise _no_method()
    try:
        return bills.pay_bill(bill.id, methods[0].id, intent.key_for("pay"))
    except RailError as error:
        if not error.permanent or error.code == errors.DECLINED:
            raise
        # Somebody has to confirm it, or paid it this moment on its page.
        bill = bills.get_bill(bill.id)
        if bill.is_open and error.code != errors.CONFIRMATION:
            raise
        return bill


def _no_method() -> RailError:
    return RailError("There is nothing to charge.", NO_METHOD, permanent=True)
