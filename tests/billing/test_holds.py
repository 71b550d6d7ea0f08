"""Holds: what is set aside is spent by nobody else, and comes back when its call ends or its time is over."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import holds
from billing.accounts import month_of
from billing.actions.terms import set_cap
from billing.books import disagreements
from billing.credit import give_credit
from billing.models import BillingAccount, Hold, LotKind
from billing.settlement import settle_calls
from catalog.models import Model
from catalog.money import LARGEST, PICO
from ledger.actor import Actor
from ledger.ids import new_id
from tests.usage.test_recording import call

pytestmark = pytest.mark.django_db
COST = 18_500_000  # pico-dollars, of a call as the tests make it


@pytest.fixture
def funded(account: BillingAccount) -> BillingAccount:
    """Two dollars of paid credit."""
    give_credit(account, LotKind.PAID, 2 * PICO, key="topup:1")
    return account


def hold(account: BillingAccount, amount: int) -> bool:
    return holds.hold(new_id(), account.pk, amount)


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
    assert not holds.hold(new_id(), new_id(), 1)


def test_a_call_holds_once(funded: BillingAccount) -> None:
    call_id = new_id()
    assert holds.hold(call_id, funded.pk, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        holds.hold(call_id, funded.pk, 5)
    funded.refresh_from_db()
    assert funded.held == 5


@pytest.mark.parametrize("amount", [2**62, 2**63, 2**200])
def test_what_cannot_be_counted_is_not_held_even_without_a_limit(postpaid: BillingAccount, amount: int) -> None:
    """SQLite goes on with a rounded sum where a column holds no more; then no books agree, and no call settles."""
    held = [hold(postpaid, amount) for _ in range(3)]
    postpaid.refresh_from_db()
    assert held == [amount <= LARGEST, False, False]
    assert postpaid.held == (amount if held[0] else 0)
    assert disagreements(postpaid) == []


def test_settling_a_call_ends_its_hold_and_takes_what_it_cost(funded: BillingAccount, llama: Model) -> None:
    made = call(organization_id=funded.pk)
    holds.hold(made.id, funded.pk, PICO)
    assert settle_calls([made]) == 1
    funded.refresh_from_db()
    assert (funded.held, funded.balance) == (0, 2 * PICO - COST)
    assert disagreements(funded) == []


def test_a_hold_whose_call_still_runs_is_prolonged_and_one_that_ended_is_not(funded: BillingAccount) -> None:
    call_id, now = new_id(), timezone.now()
    holds.hold(call_id, funded.pk, PICO, now=now)
    assert holds.prolong(call_id, now=now + holds.LIFETIME / 2)
    assert holds.sweep(now + holds.LIFETIME) == 0
    assert holds.sweep(now + 2 * holds.LIFETIME) == 1
    assert not holds.prolong(call_id)


def test_a_hold_that_is_over_comes_back_once_and_a_late_settlement_still_counts(
    funded: BillingAccount, llama: Model
) -> None:
    made = call(organization_id=funded.pk)
    now = timezone.now()
    holds.hold(made.id, funded.pk, PICO, now=now)
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
    settle_calls([call(organization_id=funded.pk)])
    assert [hold(funded, COST) for _ in range(2)] == [True, False]
    BillingAccount.objects.update(spent_month=month_of(timezone.now() - timedelta(days=40)))
    assert [hold(funded, COST) for _ in range(2)] == [True, False]
