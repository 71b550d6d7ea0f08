"""The money at Stripe against the clearing account: what is for nothing, what has no money behind it, tax, payouts."""

from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from billing.actions.collecting import collect_due
from billing.actions.refunds import request_refund
from billing.actions.topup_ends import pay_top_up
from billing.models import (
    Account,
    BillingAccount,
    CreditLot,
    Kind,
    Posting,
    StripeEvent,
    TopUp,
    Transaction,
)
from billing.rail.deeds.customers import customer_of
from catalog.models import Model
from catalog.money import CENT
from ledger.actor import Actor
from tests.billing.rail.conftest import buy, hear, settle
from tests.billing.rail.test_refunds import charge_of
from tests.billing.reconcile.test_reconcile import bought, found, run
from tests.support.invoices import NOON, close_november, use
from tests.support.stripe import DAY, HOUR, Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def test_a_fee_that_was_not_known_is_posted(account: BillingAccount, stripe: Stripe) -> None:
    bought(account, stripe)
    stripe.fail("500", times=20, path="/v1/payment_intents", method="GET")
    hear(stripe)
    stripe.control("faults")
    assert not Transaction.objects.filter(kind=Kind.FEE).exists()
    assert found(run()) == [("movement: charge", True)]
    assert Transaction.objects.filter(kind=Kind.FEE).count() == 1


def test_money_that_is_for_nothing_of_ours_is_found(account: BillingAccount, stripe: Stripe) -> None:
    v1 = stripe.client().v1
    customer = v1.customers.create().id
    method = stripe.save_card(customer)
    v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "customer": customer,
            "payment_method": method,
            "confirm": True,
            "off_session": True,
        }
    )
    (finding,) = run().findings.all()
    assert (finding.what, finding.found, finding.is_repaired) == ("movement: charge", "nothing", False)


def test_a_refund_at_stripe_that_was_never_told_is_taken_over(account: BillingAccount, stripe: Stripe) -> None:
    bought(account, stripe)
    hear(stripe)
    stripe.client().v1.refunds.create({"charge": charge_of(stripe), "amount": 100})
    StripeEvent.objects.bulk_create(  # it was told, and the effect was lost
        StripeEvent(
            id=each["id"], type=each["type"], object_id="", created=timezone.now(), livemode=False, state="done"
        )
        for each in stripe.happened()["events"]
        if each["type"].startswith(("refund", "credit_note"))
    )
    assert found(run()) == [("movement: refund", True)]
    assert TopUp.objects.get().refunded == 100
    assert found(run(hours=26)) == []


def test_a_refund_of_an_invoice_that_was_made_at_stripe_is_left_to_somebody(
    postpaid: BillingAccount, stripe: Stripe, llama: Model
) -> None:
    stripe.save_card(customer_of(postpaid.pk))
    use(postpaid, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    close_november(postpaid)
    collect_due()
    settle()
    stripe.advance(2 * HOUR)
    hear(stripe)
    (charge,) = stripe.client().v1.charges.list().data
    stripe.client().v1.refunds.create({"charge": charge.id, "amount": 100})
    hear(stripe)
    assert ("movement: refund", False) in found(run())


def test_credit_that_no_money_stands_behind_is_found(account: BillingAccount, stripe: Stripe) -> None:
    pay_top_up(buy(account).pk, payment="pi_made_up")
    (finding,) = run().findings.all()
    assert (finding.what, finding.expected, finding.is_repaired) == ("movement: none of top-up", "pi_made_up", False)


def test_with_taxes_the_clearing_account_is_stripes_balance_to_the_cent(
    account: BillingAccount, stripe: Stripe, settings: Any
) -> None:
    settings.STRIPE_TAX = True
    stripe.control("taxes", DE=19)
    address = {"country": "DE", "line1": "Allee 1", "city": "Berlin", "postal_code": "10115"}
    stripe.submit(buy(account, 2000).stripe_session, address=address)
    hear(stripe)
    request_refund(OPERATOR, account.pk, lot_id=CreditLot.objects.get().pk, cents=1000)
    settle()
    hear(stripe)
    assert found(run()) == []
    clearing, tax = (_posted_to(name) for name in (Account.CLEARING, Account.TAX))
    moved = stripe.client().v1.balance_transactions.list({"limit": 100}).data
    assert clearing == sum(each.net for each in moved) * CENT
    assert tax == -190 * CENT


def _posted_to(account: Account) -> int:
    return int(Posting.objects.filter(account=account).aggregate(all=Sum("amount"))["all"])


def test_payouts_are_counted(account: BillingAccount, stripe: Stripe) -> None:
    bought(account, stripe)
    hear(stripe)
    stripe.advance(3 * DAY)
    first = run(days=4)
    assert first.payouts == 1
    assert first.paid_out > 0
    later = run(days=12)  # from where the first one began
    assert (later.moved, later.fees, later.payouts) == (0, 0, 0)
