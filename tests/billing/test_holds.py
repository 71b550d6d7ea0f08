"""Holds: what is set aside is spent by nobody else, and comes back when its call ends or its time is over."""

from datetime import timedelta
from unittest.mock import ANY
from uuid import UUID

import pytest
from django.utils import timezone

from billing import holds
from billing.accounts import month_of
from billing.actions.terms import set_cap
from billing.books import disagreements
from billing.credit import give_credit
from billing.holds import Held
from billing.models import BillingAccount, Hold, LotKind
from billing.permits import Refused
from billing.purses import Purse
from billing.settlement import settle_calls
from catalog.models import Model
from catalog.money import LARGEST, PICO
from ledger.actor import Actor
from ledger.ids import new_id
from tests.usage.test_recording import call
from usage.calls import Call

pytestmark = pytest.mark.django_db
COST = 18_500_000  # pico-dollars, of a call as the tests make it


@pytest.fixture
def funded(account: BillingAccount) -> BillingAccount:
    """Two dollars of paid credit."""
    give_credit(account, LotKind.PAID, 2 * PICO, key="topup:1")
    return account


def hold(account: BillingAccount, amount: int) -> bool:
    return isinstance(holds.hold(new_id(), Purse(account.pk), amount), Held)


def made_with(account: BillingAccount, amount: int, hold_id: UUID | None = None, **more: object) -> Call:
    """Return a call with its share of a hold, which is made if none is named."""
    if hold_id is None:
        hold_id = new_id()
        assert holds.hold(hold_id, Purse(account.pk), amount, now=more.pop("now", None))  # type: ignore[arg-type]
    return call(organization_id=account.pk, holds=(hold_id,), held=amount, **more)


def test_holds_together_never_exceed_the_balance(funded: BillingAccount) -> None:
    assert [hold(funded, PICO) for _ in range(3)] == [True, True, False]
    funded.refresh_from_db()
    assert (funded.held, funded.balance) == (2 * PICO, 2 * PICO)
    assert disagreements(funded) == []


def test_nothing_is_held_without_credit_or_for_who_is_suspended_or_not_billed(account: BillingAccount) -> None:
    assert not hold(account, 1)
    give_credit(account, LotKind.PAID, PICO, key="topup:1")
    account.suspended_at = timezone.now()
    account.save()
    assert not hold(account, 1)
    assert isinstance(holds.hold(new_id(), Purse(new_id()), 1), Refused)


def test_a_hold_for_several_calls_takes_a_sixteenth_of_what_is_left_at_most(funded: BillingAccount) -> None:
    """Who asks elsewhere is not refused for what is only held ahead."""
    hold_id, purse = new_id(), Purse(funded.pk)
    assert holds.hold(hold_id, purse, 5, wish=100) == Held(100, ANY)
    assert holds.hold(hold_id, purse, 5, wish=2 * PICO) == Held((2 * PICO - 100) // 16, ANY)
    assert holds.hold(hold_id, purse, PICO, wish=2 * PICO) == Held(PICO, ANY)  # what is needed is had to the last
    funded.refresh_from_db()
    assert Hold.objects.get(pk=hold_id).amount == funded.held
    assert disagreements(funded) == []


def test_what_no_call_needs_is_given_back_once_and_to_the_last(funded: BillingAccount) -> None:
    hold_id, purse = new_id(), Purse(funded.pk)
    holds.hold(hold_id, purse, 10)
    holds.give_back(hold_id, purse, 4)
    funded.refresh_from_db()
    assert (funded.held, Hold.objects.get().amount) == (6, 6)
    holds.give_back(hold_id, purse, 6)
    holds.give_back(hold_id, purse, 6)
    funded.refresh_from_db()
    assert (funded.held, Hold.objects.count()) == (0, 0)


@pytest.mark.parametrize("amount", [2**62, 2**63, 2**200])
def test_what_cannot_be_counted_is_not_held_even_without_a_limit(postpaid: BillingAccount, amount: int) -> None:
    """SQLite goes on with a rounded sum where a column holds no more; then no books agree, and no call settles."""
    held = [hold(postpaid, amount) for _ in range(3)]
    postpaid.refresh_from_db()
    assert held == [amount <= LARGEST, False, False]
    assert postpaid.held == (amount if held[0] else 0)
    assert disagreements(postpaid) == []


def test_settling_a_call_ends_its_share_and_takes_what_it_cost(funded: BillingAccount, llama: Model) -> None:
    made = made_with(funded, PICO)
    assert settle_calls([made]) == 1
    funded.refresh_from_db()
    assert (funded.held, funded.balance) == (0, 2 * PICO - COST)
    assert disagreements(funded) == []


def test_a_call_that_settles_twice_ends_its_share_once(funded: BillingAccount, llama: Model) -> None:
    hold_id = new_id()
    holds.hold(hold_id, Purse(funded.pk), 2 * COST)
    made = made_with(funded, COST, hold_id)
    settle_calls([made])
    settle_calls([made])
    funded.refresh_from_db()
    assert funded.held == COST
    settle_calls([made_with(funded, COST, hold_id)])
    funded.refresh_from_db()
    assert (funded.held, Hold.objects.count(), disagreements(funded)) == (0, 0, [])


def test_a_hold_whose_gateway_lives_is_prolonged_and_one_that_ended_is_not(funded: BillingAccount) -> None:
    hold_id, now = new_id(), timezone.now()
    holds.hold(hold_id, Purse(funded.pk), PICO, now=now)
    assert holds.prolong([hold_id, new_id()], now=now + holds.LIFETIME / 2) == {hold_id}
    assert holds.sweep(now + holds.LIFETIME) == 0
    assert holds.sweep(now + 2 * holds.LIFETIME) == 1
    assert holds.prolong([hold_id]) == set()


def test_a_hold_that_is_over_comes_back_once_and_a_late_settlement_still_counts(
    funded: BillingAccount, llama: Model
) -> None:
    now = timezone.now()
    made = made_with(funded, PICO, now=now)
    assert holds.sweep(now + holds.LIFETIME - timedelta(seconds=1)) == 0
    assert [holds.sweep(now + holds.LIFETIME) for _ in range(2)] == [1, 0]
    assert not Hold.objects.exists()
    settle_calls([made])
    funded.refresh_from_db()
    assert (funded.held, funded.balance) == (0, 2 * PICO - COST)
    assert disagreements(funded) == []


def test_who_pays_afterwards_holds_up_to_the_limit(postpaid: BillingAccount) -> None:
    assert hold(postpaid, 1000 * PICO)
    BillingAccount.objects.update(limit=1001 * PICO)
    assert [hold(postpaid, PICO) for _ in range(2)] == [True, False]


def test_the_cap_counts_what_is_spent_and_held_this_month_and_no_other(funded: BillingAccount, llama: Model) -> None:
    set_cap(Actor.operator(), funded.pk, 2 * COST)
    settle_calls([call(organization_id=funded.pk, started_at=timezone.now())])
    assert [hold(funded, COST) for _ in range(2)] == [True, False]
    BillingAccount.objects.update(spent_month=month_of(timezone.now() - timedelta(days=40)))
    assert [hold(funded, COST) for _ in range(2)] == [True, False]
