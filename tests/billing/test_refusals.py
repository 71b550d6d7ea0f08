"""What refuses a call is named, with its limit and its counter, by what the purse stands at."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from accounts.models import Organization
from billing import holds
from billing.actions.terms import set_cap, set_terms
from billing.credit import give_credit
from billing.errors import BillingError
from billing.models import BillingAccount, Budget, LotKind, Mode, Period
from billing.permits import Permit, Refused
from billing.purses import Funding, Purse, funding_of
from catalog.models import Model
from catalog.money import PICO
from keys.models import Level
from ledger.actor import Actor
from ledger.ids import new_id

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 31, 23, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def ask(organization: object, amount: int, budget: object = None) -> object:
    return holds.hold(new_id(), Purse(organization, budget), amount, now=NOW)  # type: ignore[arg-type]


def test_who_is_not_billed_and_has_no_budget_is_paid_for_by_nobody(organization: Organization, llama: Model) -> None:
    assert funding_of(organization.pk, new_id(), new_id()) == Funding()
    assert not BillingAccount.objects.exists()


def test_an_account_and_each_hard_budget_pay_together(account: BillingAccount) -> None:
    project, key = new_id(), new_id()
    for subject, level, sums in ((project, Level.PROJECT, {"hard": 5}), (key, Level.KEY, {"soft": 5})):
        Budget.objects.create(subject_id=subject, level=level, organization_id=account.pk, period="day", **sums)
    expected = (Purse(account.pk), Purse(account.pk, project, "project"))
    assert funding_of(account.pk, project, key) == Funding(expected)
    BillingAccount.objects.update(suspended_at=NOW)
    assert funding_of(account.pk, project, key).suspended


def test_without_credit_the_balance_and_what_is_held_of_it_are_told(account: BillingAccount) -> None:
    give_credit(account, LotKind.PAID, PICO, key="topup:1")
    ask(account.pk, 5)
    assert ask(account.pk, PICO) == Refused(Permit.NO_CREDIT, limit=PICO, counter=5)


def test_the_rule_that_refuses_is_named(account: BillingAccount) -> None:
    give_credit(account, LotKind.PAID, PICO, key="topup:1")
    set_cap(Actor.operator(), account.pk, 9)
    assert ask(account.pk, 10) == Refused(Permit.OVER_CAP, 9, 0, NEW_YEAR)
    set_cap(Actor.operator(), account.pk, None)
    set_terms(Actor.operator(), account.pk, mode=Mode.POSTPAID, limit=0)
    BillingAccount.objects.update(owed=PICO)
    assert ask(account.pk, 10) == Refused(Permit.OVER_LIMIT, 0, 0)
    BillingAccount.objects.update(suspended_at=timezone.now())
    assert ask(account.pk, 10) == Refused(Permit.SUSPENDED)


@pytest.mark.parametrize(("period", "resets_at"), [(Period.DAY, NEW_YEAR), (Period.MONTH, NEW_YEAR)])
def test_a_budget_says_what_is_spent_and_held_of_it_and_when_it_begins_anew(
    organization: Organization, period: Period, resets_at: datetime
) -> None:
    key = new_id()
    Budget.objects.create(
        subject_id=key, level=Level.KEY, organization_id=organization.pk, period=period, hard=100, spent=70,
        began=period.start(NOW),
    )  # fmt: skip
    assert not isinstance(ask(organization.pk, 20, key), Refused)
    assert ask(organization.pk, 11, key) == Refused(Permit.OVER_BUDGET, 100, 90, resets_at)
    Budget.objects.update(began=period.start(datetime(2026, 1, 1, tzinfo=UTC)))
    assert not isinstance(ask(organization.pk, 80, key), Refused)  # what was spent was of another period


@pytest.mark.parametrize("cap", [-1, 9_000_001 * PICO])
def test_no_cap_is_below_zero_or_more_than_a_column_holds(account: BillingAccount, cap: int) -> None:
    with pytest.raises(BillingError, match="cap"):
        set_cap(Actor.operator(), account.pk, cap)


def test_who_pays_in_advance_has_no_limit(organization: Organization) -> None:
    with pytest.raises(BillingError, match="limit"):
        set_terms(Actor.operator(), organization.pk, mode=Mode.PREPAID, limit=5)
