"""What happens at the same moment to an organization's money. Each test names the lock or constraint that it proves.

On SQLite every writing transaction takes the one write lock first (IMMEDIATE), which serves as all of them.
"""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organization
from billing import holds
from billing.accounts import lock_account
from billing.actions.budgets import Plan, set_budget
from billing.actions.terms import set_terms
from billing.books import disagreements
from billing.credit import give_credit
from billing.holds import Held
from billing.models import BillingAccount, Budget, CreditLot, Hold, LotKind, Mode
from billing.opening import account_of
from billing.purses import Purse
from billing.settlement import settle_calls
from billing.sweeping import expire_credit
from catalog.models import Model
from catalog.money import PICO
from keys.models import Level
from keys.subjects import Subject
from ledger.actor import Actor
from ledger.ids import new_id
from tests.billing.conftest import llama  # noqa: F401  a fixture
from tests.support.at_once import ROUNDS, THREADS, at_once
from tests.usage.test_recording import call
from usage.calls import Call
from usage.queries import rollup, sum_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(organization: Organization) -> BillingAccount:
    """Two dollars of credit."""
    account = set_terms(Actor.operator(), organization.pk, mode=Mode.PREPAID)
    _buy(account, "topup:1")
    return account


def _buy(account: BillingAccount, key: str) -> None:
    with transaction.atomic():
        give_credit(lock_account(account.pk), LotKind.PAID, 2 * PICO, key=key)


def _agree(account: BillingAccount) -> None:
    account.refresh_from_db()
    assert disagreements(account) == []


def test_no_two_calls_hold_the_same_credit_by_the_condition_of_one_update(account: BillingAccount) -> None:
    held = at_once(*[lambda: holds.hold(new_id(), Purse(account.pk), 2 * PICO // 3)] * THREADS)
    assert sum(isinstance(each, Held) for each in held) == 3
    assert Hold.objects.count() == 3
    _agree(account)


def test_a_hold_ends_once_by_the_accounts_lock(account: BillingAccount, llama: Model) -> None:  # noqa: F811
    hold_id, now = new_id(), timezone.now()
    holds.hold(hold_id, Purse(account.pk), PICO, now=now - holds.LIFETIME)
    calls = [call(organization_id=account.pk, holds=(hold_id,), held=PICO // 10) for _ in range(5)]
    at_once(*[lambda: holds.sweep(now), lambda: settle_calls(calls)] * (THREADS // 2))
    _agree(account)
    assert account.held == 0


def test_calls_and_a_gateway_share_one_hold_by_the_accounts_lock(account: BillingAccount, llama: Model) -> None:  # noqa: F811
    """Settling ends shares while the gateway holds more and gives back: nothing of it is lost or ended twice."""
    hold_id, purse, share = new_id(), Purse(account.pk), PICO // 100
    holds.hold(hold_id, purse, THREADS * share)
    calls = [call(organization_id=account.pk, holds=(hold_id,), held=share) for _ in range(THREADS)]

    def lease() -> None:
        holds.hold(hold_id, purse, share)
        holds.prolong([hold_id])
        holds.give_back(hold_id, purse, share)

    at_once(*[work for each in calls for work in (lease, lambda each=each: settle_calls([each]))])
    _agree(account)
    assert (account.held, Hold.objects.count()) == (0, 0)


def test_no_two_calls_spend_the_same_budget_by_the_condition_of_one_update(organization: Organization) -> None:
    key = new_id()
    Budget.objects.create(subject_id=key, level="key", organization_id=organization.pk, period="day", hard=100)
    held = at_once(*[lambda: holds.hold(new_id(), Purse(organization.pk, key), 30)] * THREADS)
    assert sum(isinstance(each, Held) for each in held) == 3
    assert Budget.objects.get().held == 90


def test_a_budget_counts_each_call_that_settles_beside_it_where_nobody_is_billed_by_the_lock_of_usage(
    organization: Organization,
    llama: Model,  # noqa: F811
) -> None:
    for _ in range(ROUNDS):
        project = Subject(Level.PROJECT, new_id(), organization.pk, organization.pk)
        calls = [
            call(organization_id=organization.pk, project_id=project.id, started_at=timezone.now())
            for _ in range(5 * THREADS)
        ]

        def settle(some: list[Call]) -> int:
            return sum(settle_calls([each]) for each in some)

        def limit(subject: Subject = project) -> bool:
            while not sum_of(rollup(organization.pk, [subject.id])).requests:
                continue
            return set_budget(Actor.operator(), subject, Plan("day", hard=PICO))

        settling = [lambda some=calls[start::THREADS]: settle(some) for start in range(THREADS)]
        assert at_once(*settling, limit) == [5] * THREADS + [True]
        assert Budget.objects.get(pk=project.id).spent == len(calls) * 18_500_000


def test_calls_are_paid_for_once_by_the_events_primary_key(account: BillingAccount, llama: Model) -> None:  # noqa: F811
    calls = [call(organization_id=account.pk) for _ in range(20)]
    assert sum(at_once(*[lambda: settle_calls(calls)] * THREADS)) == 20
    _agree(account)
    assert account.balance == 2 * PICO - 20 * 18_500_000


def test_numbers_of_transactions_have_no_gaps_by_the_accounts_lock(
    account: BillingAccount,
    llama: Model,  # noqa: F811
) -> None:
    batches = [[call(organization_id=account.pk)] for _ in range(THREADS)]
    at_once(*[lambda batch=batch: settle_calls(batch) for batch in batches])
    _agree(account)
    assert account.transactions == THREADS + 1


def test_credit_is_given_once_a_key_by_its_unique_constraint(account: BillingAccount) -> None:
    results = at_once(*[lambda: _buy(account, "topup:2")] * THREADS)
    assert sum(isinstance(result, IntegrityError) for result in results) == THREADS - 1
    _agree(account)
    assert account.balance == 4 * PICO


def test_a_lot_expires_once_and_not_while_it_is_spent_by_the_accounts_lock(
    account: BillingAccount,
    llama: Model,  # noqa: F811
) -> None:
    CreditLot.objects.update(expires_at=timezone.now())
    calls = [call(organization_id=account.pk) for _ in range(THREADS)]
    at_once(*[work for each in calls for work in (expire_credit, lambda each=each: settle_calls([each]))])
    _agree(account)
    assert account.credit == 0


def test_an_account_is_opened_once_by_its_primary_key(organization: Organization, settings: object) -> None:
    settings.BILLING_MODE, settings.BILLING_WELCOME_CREDIT = "prepaid", 500  # type: ignore[attr-defined]
    opened = at_once(*[lambda: account_of(organization.pk)] * THREADS)
    assert {each.pk for each in opened} == {organization.pk}
    assert BillingAccount.objects.get().balance == 5 * PICO
