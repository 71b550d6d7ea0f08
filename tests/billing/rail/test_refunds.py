"""Refunds of credit that was bought: never more than is left and was paid, paid back once, and back if that fails."""

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
    BillingAccount,
    CreditLot,
    Posting,
    Refund,
    RefundStatus,
    TopUp,
)
from billing.purses import Purse
from catalog.models import Model
from catalog.money import CENT
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from tests.billing.rail.conftest import buy, hear, settle, troubles
from tests.support.at_once import at_once
from tests.support.invoices import use
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


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
