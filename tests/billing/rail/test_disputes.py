"""Disputes: the credit is frozen while one is open, free again when it is won, and taken or owed when it is lost."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from billing.actions.collecting import collect_due
from billing.actions.recharge import recharge_due, set_recharge
from billing.actions.refunds import request_refund
from billing.books import disagreements
from billing.errors import BillingError
from billing.models import (
    AutoRecharge,
    BillingAccount,
    CreditLot,
    Dispute,
    DisputeStatus,
    EventState,
    Invoice,
    InvoiceStatus,
    Kind,
    StripeEvent,
    TopUp,
    Transaction,
)
from billing.rail import inbox
from billing.rail.deeds.customers import customer_of
from billing.rail.disputes import Case, Flow
from billing.rail.effects.disputes import settle_case
from billing.rail.errors import Mismatch
from billing.sweeping import expire_credit
from catalog.models import Model
from catalog.money import CENT
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from notifications.models import OutboxMessage
from tests.billing.rail.conftest import buy, hear, settle, troubles
from tests.billing.rail.test_refunds import balances
from tests.support.invoices import NOON, close_november, use
from tests.support.stripe import HOUR, Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
FEE = 1500  # cents, of the simulator
USED = 590


@pytest.fixture
def lot(lot: CreditLot, account: BillingAccount, llama: Model) -> CreditLot:
    """20 dollars of credit that were bought; 5.90 of them are used."""
    use(account, timezone.now(), prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    lot.refresh_from_db()
    return lot


def dispute(stripe: Stripe, amount: int | None = None) -> str:
    """Have the holder of the card dispute the payment; return the dispute's id at Stripe."""
    payment = TopUp.objects.get().stripe_payment
    charge = stripe.client().v1.payment_intents.retrieve(payment).latest_charge
    return str(stripe.control("disputes", charge=charge, **({"amount": amount} if amount else {}))["id"])


def close(stripe: Stripe, case: str, *, won: bool) -> None:
    stripe.control(f"disputes/{case}/closure", won=won)


def test_an_open_one_freezes_the_credit_takes_the_money_and_is_told(
    account: BillingAccount, lot: CreditLot, stripe: Stripe
) -> None:
    before = balances()
    dispute(stripe)
    for _ in range(2):
        hear(stripe)
    account.refresh_from_db()
    lot.refresh_from_db()
    assert lot.frozen_at
    assert (account.balance, account.frozen) == (0, (2000 - USED) * CENT)
    now = balances()
    assert (now["dispute-loss"], now["fees"] - before["fees"]) == (2000, FEE)
    assert now["clearing"] == before["clearing"] - 2000 - FEE
    found = Dispute.objects.get()
    assert OutboxMessage.objects.filter(kind="dispute", subject_id=found.pk).count() == 1
    assert AuditEvent.objects.filter(action=Action.DISPUTE_OPENED, target=str(found.pk)).count() == 1
    with pytest.raises(BillingError, match="frozen"):
        request_refund(OPERATOR, account.pk, lot_id=lot.pk, cents=1)
    assert troubles() == []


def test_won_the_money_is_back_and_the_credit_is_free(account: BillingAccount, lot: CreditLot, stripe: Stripe) -> None:
    before = balances()
    case = dispute(stripe)
    hear(stripe)
    close(stripe, case, won=True)
    hear(stripe)
    account.refresh_from_db()
    assert (account.balance, account.frozen) == ((2000 - USED) * CENT, 0)
    after = balances()
    assert "dispute-loss" not in after
    assert after["clearing"] == before["clearing"] - FEE
    assert Dispute.objects.get().status == DisputeStatus.WON


def test_lost_what_is_left_is_taken_and_what_was_used_is_owed(
    account: BillingAccount, lot: CreditLot, stripe: Stripe
) -> None:
    case = dispute(stripe)
    hear(stripe)
    close(stripe, case, won=False)
    hear(stripe)
    account.refresh_from_db()
    lot.refresh_from_db()
    assert (lot.remaining, lot.frozen_at) == (0, None)
    assert (account.balance, account.owed) == (-USED * CENT, USED * CENT)
    assert "dispute-loss" not in balances()
    assert Dispute.objects.get().status == DisputeStatus.LOST


def test_the_next_purchase_repays_what_is_owed(account: BillingAccount, lot: CreditLot, stripe: Stripe) -> None:
    case = dispute(stripe)
    close(stripe, case, won=False)
    hear(stripe)
    stripe.submit(buy(account, 3000).stripe_session)
    hear(stripe)
    account.refresh_from_db()
    assert (account.balance, account.owed) == ((3000 - USED) * CENT, 0)


def test_a_disputed_part_takes_no_more_than_that(account: BillingAccount, lot: CreditLot, stripe: Stripe) -> None:
    case = dispute(stripe, 300)
    close(stripe, case, won=False)
    hear(stripe)
    account.refresh_from_db()
    assert account.balance == (2000 - USED - 300) * CENT


def test_what_was_refunded_or_expired_is_nobodys_debt(account: BillingAccount, lot: CreditLot, stripe: Stripe) -> None:
    request_refund(OPERATOR, account.pk, lot_id=lot.pk, cents=400)
    hear(stripe)
    CreditLot.objects.update(expires_at=timezone.now())
    expire_credit()
    case = dispute(stripe)
    close(stripe, case, won=False)
    hear(stripe)
    account.refresh_from_db()
    assert account.owed == USED * CENT
    assert balances()["dispute-loss"] == 2000 - 400 - USED
    assert troubles() == []


def test_frozen_credit_does_not_expire_before_the_dispute_is_over(
    account: BillingAccount, lot: CreditLot, stripe: Stripe
) -> None:
    case = dispute(stripe)
    hear(stripe)
    CreditLot.objects.update(expires_at=timezone.now())
    assert expire_credit() == 0
    close(stripe, case, won=True)
    hear(stripe)
    assert expire_credit() == 1


def test_nothing_is_charged_by_itself_while_one_is_open_and_never_again_after_one_is_lost(
    account: BillingAccount, lot: CreditLot, stripe: Stripe
) -> None:
    stripe.save_card(customer_of(account.pk))
    set_recharge(OPERATOR, account.pk, threshold=5000, amount=1000, monthly_cap=10_000)
    first = dispute(stripe)
    hear(stripe)
    assert recharge_due(timezone.now()) == 0
    close(stripe, first, won=True)
    hear(stripe)
    assert recharge_due(timezone.now()) == 1
    settle()
    top_up = TopUp.objects.order_by("-pk")[0]
    charge = stripe.client().v1.payment_intents.retrieve(top_up.stripe_payment).latest_charge
    second = stripe.control("disputes", charge=charge)["id"]
    close(stripe, second, won=False)
    hear(stripe)
    assert not AutoRecharge.objects.get().is_on
    assert AuditEvent.objects.filter(action=Action.RECHARGE_STOPPED).count() == 1


@pytest.mark.parametrize("won", [True, False])
def test_in_any_order_of_its_events_and_before_its_purchase_is_known_the_end_is_the_same(
    account: BillingAccount, stripe: Stripe, won: bool
) -> None:
    stripe.submit(buy(account, 2000).stripe_session)
    close(stripe, dispute_of_checkout(stripe), won=won)
    events = [each for each in stripe.webhooks() if '"charge.dispute.' in each["body"]]
    for told in events:
        inbox.receive(told["body"].encode(), told["signature"])
    ids = [told["event"] for told in events]
    assert len(ids) == (4 if won else 3)
    for order in permutations(ids):
        StripeEvent.objects.update(state=EventState.RECEIVED, leased_until=None, attempts=0)
        assert [inbox.apply(each) for each in order] == [EventState.DONE] * len(ids)
        account.refresh_from_db()
        assert disagreements(account) == []
        assert (account.balance, account.frozen) == (2000 * CENT if won else 0, 0)
    kinds = [Kind.TOP_UP, Kind.FEE, Kind.DISPUTE, Kind.DISPUTE_WON if won else Kind.DISPUTE_LOST]
    assert list(Transaction.objects.order_by("number").values_list("kind", flat=True)) == kinds
    for action in (Action.DISPUTE_OPENED, Action.DISPUTE_WITHDRAWN, Action.DISPUTE_WON if won else Action.DISPUTE_LOST):
        assert AuditEvent.objects.filter(action=action).count() == 1


def dispute_of_checkout(stripe: Stripe) -> str:
    (intent,) = stripe.client().v1.payment_intents.list().data
    return str(stripe.control("disputes", charge=intent.latest_charge)["id"])


def test_a_disputed_invoice_is_owed_again_when_it_is_lost(
    postpaid: BillingAccount, stripe: Stripe, llama: Model
) -> None:
    use(postpaid, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    invoice = close_november(postpaid)
    stripe.save_card(customer_of(postpaid.pk))
    collect_due()
    settle()
    stripe.advance(2 * HOUR)
    (charge,) = stripe.client().v1.charges.list().data
    case = stripe.control("disputes", charge=charge.id)["id"]
    close(stripe, case, won=False)
    hear(stripe)
    postpaid.refresh_from_db()
    invoice.refresh_from_db()
    assert (invoice.status, postpaid.owed, postpaid.invoiced) == (InvoiceStatus.PAID, USED * CENT, 0)
    assert Dispute.objects.get().invoice == invoice
    assert Invoice.objects.count() == 1


def test_a_dispute_of_a_payment_that_is_not_ours_is_ignored(account: BillingAccount, stripe: Stripe) -> None:
    v1 = stripe.client().v1
    method = stripe.save_card(v1.customers.create().id)
    customer = v1.payment_methods.retrieve(method).customer
    intent = v1.payment_intents.create(
        {"amount": 900, "currency": "usd", "customer": str(customer), "payment_method": method, "confirm": True}
        | {"off_session": True}  # type: ignore[arg-type]
    )
    stripe.control("disputes", charge=intent.latest_charge)
    hear(stripe)
    assert not Dispute.objects.exists()
    assert troubles() == []


CASE = Case("du_1", "needs_response", "fraudulent", 2000, "usd", "", False, Flow(2000, FEE), None)


@pytest.mark.parametrize(("changed", "reason"), [({"livemode": True}, "livemode"), ({"currency": "eur"}, "currency")])
def test_what_does_not_fit_has_no_effect(lot: CreditLot, changed: dict[str, Any], reason: str) -> None:
    payment = TopUp.objects.get().stripe_payment
    with pytest.raises(Mismatch, match=reason):
        settle_case(replace(CASE, payment=payment, **changed))
    assert not Dispute.objects.exists()


def test_a_bank_that_only_asks_freezes_nothing(lot: CreditLot) -> None:
    payment = TopUp.objects.get().stripe_payment
    assert settle_case(replace(CASE, payment=payment, status="warning_needs_response", withdrawn=None))
    assert not Dispute.objects.exists()
