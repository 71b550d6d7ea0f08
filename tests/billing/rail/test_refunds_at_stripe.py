"""Refunds that an operator made in Stripe's dashboard: their credit goes, what was used of it is owed, each once."""

from typing import Any

import pytest
from django.utils import timezone

from billing.actions.recharge import set_recharge
from billing.models import (
    AutoRecharge,
    BillingAccount,
    CreditLot,
    EventState,
    Kind,
    Refund,
    RefundStatus,
    StripeEvent,
    TopUp,
    Transaction,
)
from billing.rail import inbox
from billing.sweeping import expire_credit
from catalog.money import CENT
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.billing.rail.conftest import buy, hear, settle, troubles
from tests.billing.rail.test_refunds import balances, charge_of
from tests.support.invoices import use
from tests.support.stripe import DAY, Stripe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("llama")]
USED = 590


def refund_at_stripe(stripe: Stripe, cents: int, **more: Any) -> str:
    return str(stripe.client().v1.refunds.create({"charge": charge_of(stripe), "amount": cents, **more}).id)


def spend(account: BillingAccount) -> None:
    use(account, timezone.now(), prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)


def test_what_is_left_of_the_credit_goes_with_it(lot: CreditLot, stripe: Stripe) -> None:
    fee = balances()["fees"]
    name = refund_at_stripe(stripe, 700)
    hear(stripe)
    lot.refresh_from_db()
    made = Refund.objects.get()
    assert (made.stripe_refund, made.status, made.cents, made.total) == (name, RefundStatus.PAID, 700, 700)
    assert (lot.remaining, TopUp.objects.get().refunded) == (1300 * CENT, 700)
    assert balances() == {"clearing": 1300 - fee, "fees": fee, "credit-paid": -1300}
    assert troubles() == []
    actions = (Action.REFUND_REQUESTED, Action.REFUND_PAID)
    assert [AuditEvent.objects.get(action=each, target=str(made.pk)).actor for each in actions] == ["system:stripe"] * 2


def test_heard_of_fifty_times_it_has_one_effect(lot: CreditLot, stripe: Stripe) -> None:
    refund_at_stripe(stripe, 700)
    hear(stripe)
    event = StripeEvent.objects.filter(type="refund.created").get()
    for _ in range(50):
        assert inbox.replay([event.pk]) == {event.pk: EventState.DONE}
    assert Transaction.objects.filter(kind__in=(Kind.REFUND, Kind.REFUND_PAID)).count() == 2


def test_what_was_used_is_owed(account: BillingAccount, lot: CreditLot, stripe: Stripe) -> None:
    spend(account)
    refund_at_stripe(stripe, 2000)
    hear(stripe)
    account.refresh_from_db()
    assert (account.credit, account.owed, account.balance) == (0, USED * CENT, -USED * CENT)


def test_several_of_one_payment_ask_for_what_was_used_once(
    account: BillingAccount, lot: CreditLot, stripe: Stripe
) -> None:
    spend(account)
    for cents in (1500, 500):
        refund_at_stripe(stripe, cents)
        hear(stripe)
    account.refresh_from_db()
    assert (account.credit, account.owed, TopUp.objects.get().refunded) == (0, USED * CENT, 2000)


def test_what_expired_unused_is_nobodys_debt(account: BillingAccount, lot: CreditLot, stripe: Stripe) -> None:
    spend(account)
    CreditLot.objects.update(expires_at=timezone.now())
    expire_credit()
    refund_at_stripe(stripe, 2000)
    hear(stripe)
    account.refresh_from_db()
    assert account.owed == USED * CENT
    assert "breakage" not in balances()


def test_auto_recharge_does_not_buy_it_again(account: BillingAccount, lot: CreditLot, stripe: Stripe) -> None:
    set_recharge(Actor.operator(), account.pk, threshold=1000, amount=2000, monthly_cap=10_000)
    refund_at_stripe(stripe, 2000)
    hear(stripe)
    assert not AutoRecharge.objects.get().is_on
    assert AuditEvent.objects.filter(action=Action.RECHARGE_STOPPED).count() == 1


@pytest.mark.parametrize("is_used", [False, True])
def test_one_that_comes_back_days_later_is_undone(
    account: BillingAccount, lot: CreditLot, stripe: Stripe, is_used: bool
) -> None:
    if is_used:
        spend(account)
    before = balances()
    stripe.control("refunds", how="fails")
    refund_at_stripe(stripe, 2000)
    hear(stripe)
    stripe.advance(2 * DAY)
    hear(stripe)
    assert Refund.objects.get().status == RefundStatus.FAILED
    assert (balances(), TopUp.objects.get().refunded) == (before, 0)


def test_one_that_failed_before_it_was_heard_of_has_no_effect(lot: CreditLot, stripe: Stripe) -> None:
    stripe.control("refunds", how="pending")
    name = refund_at_stripe(stripe, 700)
    stripe.control(f"refunds/{name}/settlement", succeeds=False)
    hear(stripe)
    assert not Refund.objects.exists()
    assert troubles() == []


def test_one_that_is_pending_takes_the_credit_now_and_is_paid_later(lot: CreditLot, stripe: Stripe) -> None:
    stripe.control("refunds", how="pending")
    name = refund_at_stripe(stripe, 700)
    hear(stripe)
    lot.refresh_from_db()
    assert (lot.remaining, balances()["refunds"]) == (1300 * CENT, -700)
    stripe.control(f"refunds/{name}/settlement", succeeds=True)
    hear(stripe)
    assert "refunds" not in balances()


def test_of_tax_no_credit_is_taken(account: BillingAccount, stripe: Stripe, settings: Any) -> None:
    settings.STRIPE_TAX = True
    stripe.control("taxes", DE=19)
    address = {"country": "DE", "line1": "Allee 1", "city": "Berlin", "postal_code": "10115"}
    stripe.submit(buy(account, 2000).stripe_session, address=address)
    hear(stripe)
    refund_at_stripe(stripe, 1190)
    hear(stripe)
    made = Refund.objects.get()
    assert (made.cents, made.total, balances()["tax"]) == (1000, 1190, -190)


def test_one_that_names_a_refund_of_ours_which_it_is_not_is_looked_at(lot: CreditLot, stripe: Stripe) -> None:
    refund_at_stripe(stripe, 700, metadata={"refund": "ours"})
    hear(stripe)
    assert ("refund.created", "unknown-refund") in troubles()
    assert not Refund.objects.exists()


def test_of_a_disputed_payment_frozen_credit_goes(account: BillingAccount, lot: CreditLot, stripe: Stripe) -> None:
    refund_at_stripe(stripe, 500)
    stripe.control("disputes", charge=charge_of(stripe))
    hear(stripe)
    account.refresh_from_db()
    assert (account.credit, account.frozen) == (1500 * CENT, 1500 * CENT)


def test_a_purchase_that_was_not_heard_of_yet_is_credited_first(account: BillingAccount, stripe: Stripe) -> None:
    stripe.submit(buy(account, 2000).stripe_session)
    refund_at_stripe_of_unheard(stripe)
    hear(stripe)
    settle()
    account.refresh_from_db()
    assert account.credit == 1300 * CENT
    assert troubles() == []


def refund_at_stripe_of_unheard(stripe: Stripe) -> None:
    (charge,) = stripe.client().v1.charges.list().data
    stripe.client().v1.refunds.create({"charge": charge.id, "amount": 700})
