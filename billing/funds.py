"""What there is to spend for a key: told to other gateways, which hold nothing by it.

A call that is held for never exceeds it. What is told here may be a moment old when it arrives.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from billing.accounts import month_of
from billing.models import BillingAccount, Budget, Period
from billing.opening import open_accounts
from billing.permits import Refused
from billing.purses import Funding, Purse
from billing.refusals import why

Subjects = tuple[UUID, UUID, UUID]  # organization, project, key


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A budget in its period: amounts in pico-dollars."""

    level: str
    subject_id: UUID
    period: str
    hard: int | None
    soft: int | None
    spent: int
    held: int
    remaining: int | None  # until no call goes on; None if nothing stops them
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class Funds:
    """What pays for a key's calls, the budgets that they count towards, and what has nothing left."""

    funding: Funding
    budgets: tuple[BudgetState, ...] = ()
    empty: tuple[Purse, Refused] | None = None


def funds_of(keys: Collection[Subjects], now: datetime | None = None) -> dict[Subjects, Funds]:
    """Return what there is for keys; accounts that are missing where new organizations are billed are opened."""
    now = now or timezone.now()
    organizations = {organization_id for organization_id, *_ in keys}
    open_accounts(organizations)
    accounts = BillingAccount.objects.in_bulk(organizations)
    budgets = Budget.objects.in_bulk({subject for key in keys for subject in key})
    return {key: _funds(key, accounts.get(key[0]), budgets, now) for key in keys}


def _funds(key: Subjects, account: BillingAccount | None, budgets: Mapping[UUID, Budget], now: datetime) -> Funds:
    met = [budgets[subject] for subject in key if subject in budgets]
    hard = sorted((budget for budget in met if budget.hard is not None), key=lambda budget: budget.pk)
    purses = [Purse(key[0], budget.pk, budget.level) for budget in hard]
    lefts = [budget.left(budget.began_at(now)) for budget in hard]
    if account:
        purses.insert(0, Purse(key[0]))
        lefts.insert(0, account.left(month_of(now)))
    funding = Funding(tuple(purses), suspended=bool(account and account.suspended_at))
    return Funds(funding, tuple(_state(budget, now) for budget in met), _empty(purses, lefts, now))


def _empty(purses: Sequence[Purse], lefts: Sequence[int | None], now: datetime) -> tuple[Purse, Refused] | None:
    empty = next((purse for purse, left in zip(purses, lefts, strict=True) if left is not None and left <= 0), None)
    return (empty, why(empty, 1, now)) if empty else None


def _state(budget: Budget, now: datetime) -> BudgetState:
    began = budget.began_at(now)
    left = budget.left(began)
    days = 1 if budget.period == Period.DAY else 32
    end = began + timedelta(days=days)
    return BudgetState(
        level=budget.level,
        subject_id=budget.pk,
        period=budget.period,
        hard=budget.hard,
        soft=budget.soft,
        spent=budget.spent_in(began),
        held=budget.held,
        remaining=None if left is None else max(0, left),
        resets_at=datetime.combine(end if days == 1 else end.replace(day=1), time(), UTC),
    )
