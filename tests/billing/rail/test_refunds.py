"""Refunds of credit that was bought: never more than is left and was paid, paid back once, and back if that fails."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import create_organization
from accounts.models import Organization, User
from billing.actions.recharge import set_recharge, stop_recharge
from billing.actions.refunds import MOST_PENDING, refundable, request_refund
from billing.errors import BillingError
from billing.holds import Held, hold
from billing.models import (
    Account,
    BillingAccount,
    CreditLot,
    IntentState,
    Kind,
    Posting,
    Refund,
    RefundStatus,
    StripeIntent,
    TopUp,
    Transaction,
)
from billing.models.stripe_intent import KEY_LIFETIME
from billing.purses import Purse
from billing.rail.carrying import carry_out_due
from billing.rail.effects.refunds import settle_refund
from billing.rail.errors import Mismatch
from billing.rail.refunds import get_repayment
from billing.sweeping import expire_credit
from catalog.models import Model
from catalog.money import CENT
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from tests.billing.rail.conftest import buy, hear, settle, troubles
from tests.support.at_once import at_once
from tests.support.invoices import use
from tests.support.stripe import DAY, Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


@pytest.fixture
def lot(account: BillingAccount, stripe: Stripe) -> CreditLot:
    """20 dollars of credit that were bought."""
    stripe.submit(buy(account, 2000).stripe_session)
    hear(stripe)
    return CreditLot.objects.get()


def refund(lot: CreditLot, cents: int) -> Refund:
    made = request_refund(OPERATOR, lot.organization_id, lot_id=lot.pk, cents=cents)
    lot.refresh_from_db()
    return made


def balances() -> dict[str, int]:
    """Return the sums of the accounts, in cents, without those of zero."""
    sums: dict[str, int] = {}
    for name, amount in Posting.objects.values_list("account", "amount"):
        sums[name] = sums.get(name, 0) + amount
    return {name: amount // CENT for name, amount in sums.items() if amount}


def test_a_refund_leaves_the_lot_at_once_and_is_paid_by_a_credit_note(lot: CreditLot, stripe: Stripe) -> None:
    fee = balances()["fees"]
    asked = refund(lot, 500)
    assert (lot.remaining, asked.status) == (1500 * CENT, RefundStatus.PENDING)
    assert balances() == {"clearing": 2000 - fee, "fees": fee, "credit-paid": -1500, "refunds": -500}
    hear(stripe)
    asked.refresh_from_db()
    assert (asked.status, asked.total) == (RefundStatus.PAID, 500)
    assert balances() == {"clearing": 1500 - fee, "fees": fee, "credit-paid": -1500}
    (note,) = stripe.client().v1.credit_notes.list().data
    assert (note.invoice, note.amount) == (TopUp.objects.get().stripe_invoice, 500)
    assert [each.amount for each in stripe.client().v1.refunds.list().data] == [500]
    actions = (Action.REFUND_REQUESTED, Action.REFUND_PAID)
    assert [AuditEvent.objects.filter(action=action, target=str(asked.pk)).count() for action in actions] == [1, 1]
    assert troubles() == []


def test_what_auto_recharge_would_buy_again_is_not_refunded(lot: CreditLot, stripe: Stripe) -> None:
    set_recharge(OPERATOR, lot.organization_id, threshold=500, amount=2000, monthly_cap=10_000)
    with pytest.raises(BillingError, match="recharge"):
        refund(lot, 1501)
    assert refund(lot, 1500)
    stop_recharge(OPERATOR, lot.organization_id)
    assert refund(lot, 500)


def test_so_many_refunds_can_be_under_way_and_more_once_one_has_arrived(lot: CreditLot, stripe: Stripe) -> None:
    for cents in range(1, MOST_PENDING + 1):
        refund(lot, cents)
    with pytest.raises(BillingError, match="pending"):
        refund(lot, 100)
    hear(stripe)
    assert refund(lot, 100)


def test_a_purchase_without_an_invoice_is_refunded_plainly(lot: CreditLot, stripe: Stripe) -> None:
    TopUp.objects.update(stripe_invoice="")
    asked = refund(lot, 2000)
    hear(stripe)
    asked.refresh_from_db()
    assert (asked.status, lot.remaining) == (RefundStatus.PAID, 0)
    assert stripe.client().v1.credit_notes.list().data == []


@pytest.mark.parametrize("cents", [0, -1, 2001, 1.0, 1.5, True, "5", None])
def test_what_is_no_amount_to_refund_is_refused_and_nothing_is_written(lot: CreditLot, cents: Any) -> None:
    with pytest.raises(BillingError, match="amount"):
        refund(lot, cents)
    assert not Refund.objects.exists()


def test_what_was_used_is_not_refunded_nor_what_calls_under_way_may_use(
    account: BillingAccount, lot: CreditLot, llama: Model
) -> None:
    use(account, timezone.now(), prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    assert isinstance(hold(new_id(), Purse(account.pk), 400 * CENT), Held)
    account.refresh_from_db()
    lot.refresh_from_db()
    assert refundable(account, lot) == 2000 - 590 - 400
    with pytest.raises(BillingError, match="amount"):
        refund(lot, 1011)
    assert refund(lot, 1010).cents == 1010


def test_a_part_of_a_cent_is_not_refunded(account: BillingAccount, lot: CreditLot, llama: Model) -> None:
    use(account, timezone.now())
    account.refresh_from_db()
    lot.refresh_from_db()
    assert refundable(account, lot) == 1999


def test_a_foreign_lot_is_as_good_as_none(lot: CreditLot, account: BillingAccount) -> None:
    BillingAccount.objects.create(pk=(other := new_id()), mode="prepaid")
    for organization_id, lot_id in ((other, lot.pk), (account.pk, new_id())):
        with pytest.raises(BillingError, match="not-found"):
            request_refund(OPERATOR, organization_id, lot_id=lot_id, cents=1)


def test_what_was_given_or_is_frozen_is_not_refunded(account: BillingAccount, lot: CreditLot) -> None:
    CreditLot.objects.update(frozen_at=timezone.now())
    BillingAccount.objects.update(frozen=lot.remaining)
    with pytest.raises(BillingError, match="frozen"):
        refund(lot, 1)
    CreditLot.objects.update(frozen_at=None, reference="")
    BillingAccount.objects.update(frozen=0)
    with pytest.raises(BillingError, match="not-bought"):
        refund(lot, 1)


def test_a_second_click_is_the_same_refund(lot: CreditLot, stripe: Stripe) -> None:
    assert refund(lot, 500) == refund(lot, 500)
    settle()
    assert refund(lot, 500).status == RefundStatus.PENDING
    settle()
    assert stripe.events().count("refund.created") == 2


def test_the_database_refuses_refunds_of_more_than_was_paid(lot: CreditLot) -> None:
    refund(lot, 2000)
    with pytest.raises(IntegrityError), transaction.atomic():
        TopUp.objects.update(refunded=2001)


@pytest.mark.parametrize("succeeds", [True, False])
def test_one_that_is_pending_at_stripe_ends_when_its_bank_says_how(
    account: BillingAccount, lot: CreditLot, stripe: Stripe, succeeds: bool
) -> None:
    stripe.control("refunds", how="pending")
    asked = refund(lot, 700)
    hear(stripe)
    asked.refresh_from_db()
    assert asked.is_pending
    stripe.control(f"refunds/{asked.stripe_refund}/settlement", succeeds=succeeds)
    hear(stripe)
    asked.refresh_from_db()
    lot.refresh_from_db()
    assert (asked.is_pending, lot.remaining) == (False, (1300 if succeeds else 2000) * CENT)
    assert balances().get("refunds", 0) == 0
    assert TopUp.objects.get().refunded == (700 if succeeds else 0)


def test_money_that_comes_back_days_later_is_credit_again(lot: CreditLot, stripe: Stripe) -> None:
    before = balances()
    stripe.control("refunds", how="fails")
    asked = refund(lot, 700)
    hear(stripe)
    asked.refresh_from_db()
    assert asked.status == RefundStatus.PAID
    stripe.advance(2 * DAY)
    hear(stripe)
    asked.refresh_from_db()
    assert (asked.status, asked.failure) == (RefundStatus.FAILED, "expired-or-canceled-card")
    assert balances() == before


def test_what_comes_back_after_the_lot_expired_expires_too(lot: CreditLot, stripe: Stripe) -> None:
    stripe.control("refunds", how="pending")
    asked = refund(lot, 700)
    settle()
    CreditLot.objects.update(expires_at=timezone.now())
    assert expire_credit() == 1
    asked.refresh_from_db()
    stripe.control(f"refunds/{asked.stripe_refund}/settlement", succeeds=False)
    hear(stripe)
    assert expire_credit() == 1
    assert balances()["breakage"] == -2000


def test_what_stripe_refuses_is_credit_again(lot: CreditLot, stripe: Stripe) -> None:
    stripe.control("disputes", charge=charge_of(stripe))
    asked = refund(lot, 700)  # nobody has told us of the dispute
    settle()
    asked.refresh_from_db()
    assert (asked.status, asked.failure) == (RefundStatus.FAILED, "charge-disputed")
    hear(stripe)
    lot.refresh_from_db()
    assert lot.remaining == 2000 * CENT


@pytest.mark.parametrize("mode", ["cut", "failed", "lost", "409", "429", "500"])
@pytest.mark.parametrize("has_invoice", [True, False])
def test_a_lost_answer_is_no_second_refund(lot: CreditLot, stripe: Stripe, mode: str, has_invoice: bool) -> None:
    if not has_invoice:
        TopUp.objects.update(stripe_invoice="")
    asked = refund(lot, 700)
    stripe.fail(mode, times=1, path="/v1/credit_notes" if has_invoice else "/v1/refunds", method="POST")
    for _ in range(3):
        carry_out_due(timezone.now())
        StripeIntent.objects.filter(state=IntentState.OPEN).update(next_at=timezone.now(), leased_until=None)
    asked.refresh_from_db()
    assert asked.status == RefundStatus.PAID
    assert [each.amount for each in stripe.client().v1.refunds.list().data] == [700]


def test_after_a_day_it_is_looked_for_before_it_is_sent_again(lot: CreditLot, stripe: Stripe) -> None:
    asked = refund(lot, 700)
    stripe.fail("cut", times=1, path="/v1/credit_notes", method="POST")
    settle()
    past = timezone.now() - KEY_LIFETIME
    StripeIntent.objects.filter(subject_id=asked.pk).update(first_sent_at=past, next_at=past, key="ik_new")
    settle()
    asked.refresh_from_db()
    assert asked.status == RefundStatus.PAID
    assert len(stripe.client().v1.refunds.list().data) == 1


def test_a_webhook_that_is_faster_than_our_note_of_it_waits(lot: CreditLot, stripe: Stripe) -> None:
    asked = refund(lot, 700)
    stripe.fail("cut", times=1, path="/v1/credit_notes", method="POST")
    hear(stripe)
    asked.refresh_from_db()
    assert asked.is_pending
    assert troubles() == []


def test_a_refund_that_nobody_here_asked_for_is_quarantined(lot: CreditLot, stripe: Stripe) -> None:
    stripe.client().v1.refunds.create({"charge": charge_of(stripe), "amount": 100})
    hear(stripe)
    assert ("refund.created", "unknown-refund") in troubles()
    assert not Transaction.objects.filter(kind=Kind.REFUND_PAID).exists()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"cents": 699}, "amount"), ({"payment": "pi_1"}, "payment"), ({"currency": "eur"}, "currency")],
)
def test_what_does_not_fit_has_no_effect(lot: CreditLot, stripe: Stripe, changed: dict[str, Any], reason: str) -> None:
    stripe.control("refunds", how="pending")
    asked = refund(lot, 700)
    settle()
    asked.refresh_from_db()
    found = replace(get_repayment(asked.stripe_refund), status="succeeded", **changed)
    with pytest.raises(Mismatch, match=reason):
        settle_refund(asked, found)
    asked.refresh_from_db()
    assert asked.is_pending


def test_tax_is_paid_back_with_the_credit_and_is_no_money_of_ours(
    account: BillingAccount, stripe: Stripe, settings: Any
) -> None:
    settings.STRIPE_TAX = True
    stripe.control("taxes", DE=19)
    address = {"country": "DE", "line1": "Allee 1", "city": "Berlin", "postal_code": "10115"}
    stripe.submit(buy(account, 2000).stripe_session, address=address)
    hear(stripe)
    asked = refund(CreditLot.objects.get(), 1000)
    hear(stripe)
    asked.refresh_from_db()
    assert (asked.status, asked.total, troubles()) == (RefundStatus.PAID, 1190, [])
    posted = Posting.objects.get(transaction__kind=Kind.REFUND_PAID, account=Account.CLEARING)
    assert posted.amount == -1000 * CENT


@pytest.mark.django_db(transaction=True)
def test_many_at_once_refund_no_more_than_is_left(account: BillingAccount, stripe: Stripe) -> None:
    """Without the account's lock each would see all of it left."""
    stripe.submit(buy(account, 2000).stripe_session)
    hear(stripe)
    lot = CreditLot.objects.get()
    ask = partial(request_refund, OPERATOR, account.pk, lot_id=lot.pk)
    results = at_once(*(partial(ask, cents=600 + n) for n in range(6)))
    lot.refresh_from_db()
    made = [each for each in results if isinstance(each, Refund)]
    assert len(made) == 3
    assert lot.remaining == (2000 - sum(each.cents for each in made)) * CENT


def charge_of(stripe: Stripe) -> str:
    intent = stripe.client().v1.payment_intents.retrieve(TopUp.objects.get().stripe_payment)
    return str(intent.latest_charge)


def test_the_command_pays_back_a_part_and_then_the_rest(
    lot: CreditLot, organization: Organization, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"organization": organization.slug, "lot": lot.pk}
    call_command("refund_credit", **names, amount="5.50")
    call_command("refund_credit", **names)
    said = ["$5.50 left the credit; Stripe pays them back.", "$14.50 left the credit; Stripe pays them back."]
    assert capsys.readouterr().out.splitlines() == said
    with pytest.raises(CommandError, match="is not left"):
        call_command("refund_credit", **names)


@pytest.mark.parametrize("amount", [None, "1", "0", "x"])
def test_the_command_refuses_credit_of_others(lot: CreditLot, outsider: User, amount: str | None) -> None:
    outside = create_organization(OPERATOR, name="Outside", owner=outsider)
    with pytest.raises(CommandError):
        call_command("refund_credit", organization=outside.slug, lot=lot.pk, amount=amount)
    assert not Refund.objects.exists()
