"""Buying credit at Checkout: paid is credit once, whatever Stripe tells how often; anything else is none."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.actions.recharge import recharge_due, set_recharge
from billing.actions.topups import checkout_url, start_top_up
from billing.errors import BillingError
from billing.models import (
    BillingAccount,
    CreditLot,
    Kind,
    LotKind,
    StripeIntent,
    TopUp,
    TopUpStatus,
    Transaction,
)
from billing.rail.carrying import carry_out_due
from billing.rail.deeds.customers import customer_of
from catalog.money import CENT
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from notifications.models import OutboxMessage
from tests.billing.rail.conftest import buy, hear, settle, troubles
from tests.support.stripe import DAY, Stripe

OPERATOR = Actor.operator()
pytestmark = pytest.mark.django_db


def test_a_paid_checkout_is_credit_with_its_fee_its_receipt_and_its_end(
    account: BillingAccount, stripe: Stripe
) -> None:
    top_up = buy(account, 2000)
    stripe.submit(top_up.stripe_session)
    account.refresh_from_db()
    assert account.balance == 0
    hear(stripe)
    account.refresh_from_db()
    top_up.refresh_from_db()
    lot = CreditLot.objects.get()
    assert (account.balance, lot.kind, lot.granted, lot.reference) == (
        2000 * CENT,
        LotKind.PAID,
        2000 * CENT,
        str(top_up.pk),
    )
    assert lot.expires_at
    assert timedelta(days=364) < lot.expires_at - lot.created_at <= timedelta(days=366)
    assert list(Transaction.objects.values_list("kind", flat=True)) == [Kind.TOP_UP, Kind.FEE]
    assert all((top_up.stripe_payment, top_up.stripe_invoice))
    assert OutboxMessage.objects.filter(kind="receipt", subject_id=top_up.pk).count() == 1
    assert AuditEvent.objects.filter(action=Action.TOP_UP_PAID, target=str(top_up.pk)).count() == 1
    assert troubles() == []


@pytest.mark.parametrize("cents", [0, -500, 499, 1_000_001, 500.5, 500.0, True, "500", None])
def test_what_is_no_amount_to_buy_is_refused_and_nothing_is_written(account: BillingAccount, cents: Any) -> None:
    with pytest.raises(BillingError, match="amount"):
        start_top_up(OPERATOR, account.pk, cents=cents)
    assert not TopUp.objects.exists()
    assert not StripeIntent.objects.exists()


@pytest.mark.parametrize("cents", [500, 1_000_000])
def test_five_and_ten_thousand_dollars_can_be_bought(account: BillingAccount, stripe: Stripe, cents: int) -> None:
    stripe.submit(buy(account, cents).stripe_session)
    hear(stripe)
    account.refresh_from_db()
    assert account.balance == cents * CENT


def test_who_is_not_billed_suspended_or_without_a_key_of_stripe_buys_nothing(
    account: BillingAccount, settings: Any
) -> None:
    with pytest.raises(BillingError, match="not-billed"):
        start_top_up(OPERATOR, new_id(), cents=500)
    BillingAccount.objects.update(suspended_at=timezone.now())
    with pytest.raises(BillingError, match="suspended"):
        start_top_up(OPERATOR, account.pk, cents=500)
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(BillingError, match="not-set-up"):
        start_top_up(OPERATOR, account.pk, cents=500)


def test_a_declined_card_is_no_credit_and_another_one_on_the_same_page_is(
    account: BillingAccount, stripe: Stripe
) -> None:
    top_up = buy(account)
    stripe.submit(top_up.stripe_session, card="pm_card_chargeDeclined")
    hear(stripe)
    top_up.refresh_from_db()
    assert top_up.is_pending
    stripe.submit(top_up.stripe_session)
    hear(stripe)
    top_up.refresh_from_db()
    assert top_up.is_paid


def test_a_page_that_nobody_uses_expires(account: BillingAccount, stripe: Stripe) -> None:
    top_up = buy(account)
    stripe.advance(DAY)
    stripe.control("clock", advance=0)
    hear(stripe)
    top_up.refresh_from_db()
    assert top_up.status == TopUpStatus.EXPIRED


@pytest.mark.parametrize(
    ("bank", "status"),
    [("pm_usBankAccount_success", TopUpStatus.PAID), ("pm_usBankAccount_insufficientFunds", TopUpStatus.FAILED)],
)
def test_a_bank_account_is_credit_when_its_bank_has_paid_and_not_before(
    account: BillingAccount, stripe: Stripe, bank: str, status: TopUpStatus
) -> None:
    top_up = buy(account)
    stripe.submit(top_up.stripe_session, card=bank)
    hear(stripe)
    top_up.refresh_from_db()
    assert top_up.is_pending
    payment = top_up.stripe_payment
    stripe.control(f"payments/{payment}/settlement", succeeds=status == TopUpStatus.PAID)
    hear(stripe)
    top_up.refresh_from_db()
    account.refresh_from_db()
    assert top_up.status == status
    assert account.balance == (2000 * CENT if top_up.is_paid else 0)
    told = "receipt" if top_up.is_paid else "payment-failed"
    assert OutboxMessage.objects.filter(subject_id=top_up.pk).values_list("kind", flat=True).get() == told


def test_a_payment_that_takes_days_keeps_nobody_from_buying_more(account: BillingAccount, stripe: Stripe) -> None:
    slow = buy(account)
    stripe.submit(slow.stripe_session, card="pm_usBankAccount_success")
    hear(stripe)
    quick = buy(account)
    slow.refresh_from_db()
    assert quick != slow
    assert slow.is_being_paid
    assert not quick.is_being_paid
    stripe.control(f"payments/{slow.stripe_payment}/settlement", succeeds=True)
    stripe.submit(quick.stripe_session)
    hear(stripe)
    account.refresh_from_db()
    assert account.balance == 4000 * CENT


def test_a_second_click_is_the_same_purchase(account: BillingAccount, stripe: Stripe) -> None:
    creator = new_id()
    assert buy(account, creator=creator) == buy(account, creator=creator)
    assert stripe.events().count("customer.created") == 1


def test_a_worker_leaves_the_page_to_who_is_about_to_ask_for_it(account: BillingAccount, stripe: Stripe) -> None:
    top_up = start_top_up(OPERATOR, account.pk, cents=2000)
    assert carry_out_due() == 0
    assert carry_out_due(timezone.now() + timedelta(minutes=2)) == 1
    assert checkout_url(top_up).startswith(stripe.url)


def test_another_purchase_ends_the_one_before_and_its_page(account: BillingAccount, stripe: Stripe) -> None:
    first, second = buy(account, 1000), buy(account, 3000)
    settle()
    first.refresh_from_db()
    assert (first.status, second.status) == (TopUpStatus.CANCELLED, TopUpStatus.PENDING)
    assert stripe.client().v1.checkout.sessions.retrieve(first.stripe_session).status == "expired"
    with pytest.raises(BillingError, match="over"):
        checkout_url(first)


def test_what_is_paid_is_credit_also_if_it_was_cancelled_meanwhile(account: BillingAccount, stripe: Stripe) -> None:
    first, second = buy(account, 1000), buy(account, 3000)
    for each in (first, second):
        stripe.submit(each.stripe_session)
    hear(stripe)
    account.refresh_from_db()
    assert account.balance == 4000 * CENT
    assert set(TopUp.objects.values_list("status", flat=True)) == {TopUpStatus.PAID}


def test_a_paid_purchase_has_no_page_any_more(account: BillingAccount, stripe: Stripe) -> None:
    top_up = buy(account)
    stripe.submit(top_up.stripe_session)
    with pytest.raises(BillingError, match="over"):
        checkout_url(top_up)
    account.refresh_from_db()
    assert account.balance == 2000 * CENT


def test_taxes_on_a_recharge_are_stripes_too(account: BillingAccount, stripe: Stripe, settings: Any) -> None:
    settings.STRIPE_TAX = True
    stripe.control("taxes", DE=19)
    set_recharge(OPERATOR, account.pk, threshold=500, amount=2000, monthly_cap=2000)
    customer = customer_of(account.pk)
    stripe.save_card(customer)
    stripe.client().v1.customers.update(customer, {"address": {"country": "DE"}})
    assert recharge_due() == 1
    settle()
    settings.STRIPE_TAX = False  # what was begun with taxes is still what was asked for
    hear(stripe)
    account.refresh_from_db()
    assert (account.balance, troubles()) == (2000 * CENT, [])
    assert stripe.client().v1.charges.list().data[0].amount == 2380


def test_taxes_are_stripes_and_credit_is_what_was_asked_for(
    account: BillingAccount, stripe: Stripe, settings: Any
) -> None:
    settings.STRIPE_TAX = True
    stripe.control("taxes", DE=19)
    top_up = buy(account)
    address = {"country": "DE", "line1": "Allee 1", "city": "Berlin", "postal_code": "10115"}
    stripe.submit(top_up.stripe_session, address=address, tax_id=["eu_vat", "DE123456789"])
    hear(stripe)
    account.refresh_from_db()
    assert (account.balance, troubles()) == (2000 * CENT, [])


def test_what_is_at_stripe_names_nobody(account: BillingAccount, stripe: Stripe) -> None:
    buy(account)
    customer = stripe.client().v1.customers.list().data[0]
    assert customer.metadata.to_dict() == {"organization": str(account.pk)}
    assert (customer.email, customer.name, customer.phone, customer.address) == (None, None, None, None)


def test_a_customer_that_is_deleted_at_stripe_is_made_anew(account: BillingAccount, stripe: Stripe) -> None:
    buy(account)
    account.refresh_from_db()
    stripe.client().v1.customers.delete(account.stripe_customer)
    hear(stripe)
    former = account.stripe_customer
    top_up = buy(account, 3000)
    account.refresh_from_db()
    assert account.stripe_customer not in ("", former)
    stripe.submit(top_up.stripe_session)
    hear(stripe)
    account.refresh_from_db()
    assert (account.balance, troubles()) == (3000 * CENT, [])
