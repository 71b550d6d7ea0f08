"""Why a purse does not cover a call: by what it stands at, in the transaction that refused it."""

from datetime import UTC, date, datetime, time, timedelta

from billing.accounts import month_of
from billing.models import BillingAccount, Budget, CapAlert, Period
from billing.permits import Permit, Refused
from billing.purses import Purse


def why(purse: Purse, need: int, now: datetime) -> Refused:
    """Return the rule that refuses a call of this worst case, its limit and its counter."""
    if purse.budget_id is None:
        account = BillingAccount.objects.filter(pk=purse.organization_id).first()
        return _of_account(account, need, now) if account else Refused(Permit.SUSPENDED)
    budget = Budget.objects.filter(pk=purse.budget_id).first()
    return _of_budget(budget, now) if budget else Refused(Permit.OVER_BUDGET)


def _of_account(account: BillingAccount, need: int, now: datetime) -> Refused:
    if account.suspended_at:
        return Refused(Permit.SUSPENDED)
    spent = account.spent_in(month_of(now))
    if account.cap is not None and spent + account.held + need > account.cap:
        CapAlert.note_refusal(account.pk, month_of(now))
        return Refused(Permit.OVER_CAP, account.cap, spent + account.held, _next_month(now))
    if account.is_prepaid:
        return Refused(Permit.NO_CREDIT, account.balance, account.held)
    return Refused(Permit.OVER_LIMIT, account.limit, account.held - account.balance)


def resets_at(budget: Budget, now: datetime) -> datetime:
    """Return when a budget begins anew."""
    return _tomorrow(now) if budget.period == Period.DAY else _next_month(now)


def _of_budget(budget: Budget, now: datetime) -> Refused:
    counter = budget.spent_in(budget.began_at(now)) + budget.held
    return Refused(Permit.OVER_BUDGET, budget.hard, counter, resets_at(budget, now))


def _tomorrow(now: datetime) -> datetime:
    return _midnight(now.astimezone(UTC).date() + timedelta(days=1))


def _next_month(now: datetime) -> datetime:
    return _midnight((month_of(now) + timedelta(days=32)).replace(day=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
