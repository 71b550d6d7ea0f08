"""Disputes of payments that were refunded, or of which there are several: nobody owes anything twice."""

import pytest
from django.utils import timezone

from billing.actions.dispute_steps import lose, open_dispute, win
from billing.actions.refund_ends import fail_refund, pay_refund
from billing.actions.refunds import request_refund
from billing.books import disagreements
from billing.models import (
    BillingAccount,
    CreditLot,
    Dispute,
    DisputeStatus,
    EventState,
    StripeEvent,
    TopUp,
)
from billing.rail.disputes import Case, Flow
from billing.sweeping import expire_credit
from catalog.models import Model
from catalog.money import CENT
from ledger.actor import Actor
from tests.billing.rail.conftest import hear, settle
from tests.billing.rail.test_disputes import close, dispute
from tests.support.invoices import use
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
FEE = 1500  # cents, of the simulator
USED = 590
CASE = Case("du_1", "needs_response", "fraudulent", 2000, "usd", "", False, Flow(2000, FEE), None)


@pytest.fixture
def lot(lot: CreditLot, account: BillingAccount, llama: Model) -> CreditLot:
    """20 dollars of credit that were bought; 5.90 of them are used."""
    use(account, timezone.now(), prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    lot.refresh_from_db()
    return lot


def test_lost_while_a_refund_is_under_way_it_waits_for_its_end(
    account: BillingAccount, lot: CreditLot, stripe: Stripe
) -> None:
    stripe.control("refunds", how="pending")
    refund = request_refund(OPERATOR, account.pk, lot_id=lot.pk, cents=400)
    settle()
    refund.refresh_from_db()
    case = dispute(stripe)
    close(stripe, case, won=False)
    hear(stripe)
    assert Dispute.objects.get().is_open
    stripe.control(f"refunds/{refund.stripe_refund}/settlement", succeeds=True)
    hear(stripe)
    StripeEvent.objects.filter(state=EventState.RECEIVED).update(next_at=timezone.now())
    settle()
    account.refresh_from_db()
    assert (Dispute.objects.get().status, account.owed) == (DisputeStatus.LOST, USED * CENT)


def test_a_refund_that_fails_while_its_lot_is_frozen_is_frozen_too(
    account: BillingAccount, lot: CreditLot, stripe: Stripe
) -> None:
    stripe.control("refunds", how="pending")
    refund = request_refund(OPERATOR, account.pk, lot_id=lot.pk, cents=400)
    settle()
    refund.refresh_from_db()
    dispute(stripe)
    hear(stripe)
    stripe.control(f"refunds/{refund.stripe_refund}/settlement", succeeds=False)
    hear(stripe)
    account.refresh_from_db()
    assert account.frozen == account.credit == (2000 - USED) * CENT


def test_credit_that_two_disputes_are_over_is_free_after_both_are_won(account: BillingAccount, lot: CreditLot) -> None:
    first, second = (
        open_dispute(TopUp.objects.get(), name, cents=500, reason="fraudulent") for name in ("du_1", "du_2")
    )
    win(first.pk)
    account.refresh_from_db()
    assert account.frozen == account.credit
    win(second.pk)
    account.refresh_from_db()
    assert account.frozen == 0


@pytest.mark.parametrize(("disputed", "left"), [(2000, 0), (USED, 2000 - USED)])
def test_a_refund_that_fails_after_a_lost_dispute_gives_back_no_credit_that_the_bank_took(
    account: BillingAccount, lot: CreditLot, stripe: Stripe, disputed: int, left: int
) -> None:
    refund = request_refund(OPERATOR, account.pk, lot_id=lot.pk, cents=2000 - USED)
    pay_refund(refund.pk)
    lose(open_dispute(TopUp.objects.get(), "du_1", cents=disputed, reason="fraudulent").pk)
    for _ in range(2):
        fail_refund(refund.pk, "lost-or-stolen-card")
    account.refresh_from_db()
    assert (account.credit, account.owed) == (left * CENT, USED * CENT)
    assert disagreements(account) == []


def test_of_two_disputes_over_one_payment_what_was_used_is_owed_once(account: BillingAccount, lot: CreditLot) -> None:
    CreditLot.objects.update(expires_at=timezone.now())
    expire_credit()
    for name in ("du_1", "du_2"):
        lose(open_dispute(TopUp.objects.get(), name, cents=1000, reason="fraudulent").pk)
    account.refresh_from_db()
    assert account.owed == USED * CENT
    assert disagreements(account) == []
