"""Whether monthly budgets last their period, and telling once a period of one that most likely will not.

By the method of `billing/forecast.py`, from the days of whatever the budget is of. A budget of a day has no whole days
to tell by, so it has no forecast.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from billing.apart import apart
from billing.audience import audience_of
from billing.budget_alerts import counting
from billing.forecast import DAYS, Forecast, Pace, foresee, pace_of
from billing.invoices.drafts import month_start, next_month
from billing.models import Budget, Period
from keys.lines import keys_of
from keys.models import Level
from notifications.telling import tell
from notifications.webhooks.publish import publish
from usage.models import DailyTotal, DailyUsage

FEWEST = 7  # whole days, so that each day of the week is among them, before anybody is told
_BATCH = 200
_DAY = timedelta(days=1)
_AMOUNT = Sum("amount")
_Daily = dict[UUID, dict[date, int]]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a budget will have spent by the end of its period, and when it is used up if that is before."""

    forecast: Forecast
    days: int
    on: datetime | None
    is_sure: bool  # enough to tell somebody: of enough days, and the low end of the range is above the budget, too


def outlooks(budgets: Iterable[Budget], now: datetime) -> dict[UUID, Outlook]:
    """Return the outlook of each monthly budget that is not used up and has a pace, in at most three queries."""
    monthly = [each for each in budgets if each.period == Period.MONTH and _left(each, now) > 0]
    daily, today = _daily(monthly, now), now.astimezone(UTC).date()
    paces = {each.pk: pace_of(daily.get(each.pk, {}), today) for each in monthly}
    return {each.pk: _outlook(each, pace, now) for each in monthly if (pace := paces[each.pk])}


def warn_of_forecasts(now: datetime | None = None) -> int:
    """Tell whom it concerns of budgets that will not last, and return of how many."""
    now = now or timezone.now()
    new = counting(now).filter(period=Period.MONTH, spent__lt=F("whole")).exclude(foretold_in=F("began"))
    ids, told = list(new.order_by("pk").values_list("pk", flat=True)), 0
    for start in range(0, len(ids), _BATCH):
        budgets = list(Budget.objects.filter(pk__in=ids[start : start + _BATCH]))
        found = dict(apart(budgets, lambda some: outlooks(some, now).items()))
        told += sum(_told(each, now) for each in budgets if each.pk in found and found[each.pk].is_sure)
    return told


def _left(budget: Budget, now: datetime) -> int:
    return budget.most - budget.spent_in(budget.began_at(now))


def _outlook(budget: Budget, pace: Pace, now: datetime) -> Outlook:
    spent, end = budget.spent_in(budget.began_at(now)), next_month(now)
    found = foresee(spent, pace, end - now)
    on = now + pace.until_spent(_left(budget, now)) if found.amount >= budget.most else None
    return Outlook(found, pace.days, on, on is not None and pace.days >= FEWEST and found.low >= budget.most)


def _told(seen: Budget, now: datetime) -> bool:
    to = audience_of(seen.organization_id)
    with transaction.atomic():
        budget = Budget.objects.select_for_update().filter(pk=seen.pk).first()  # two who look: one of them tells
        if budget is None or (budget.period, budget.hard, budget.soft) != (seen.period, seen.hard, seen.soft):
            return False
        began = budget.began_at(now)
        if budget.foretold_in == began or _left(budget, now) <= 0:
            return False
        Budget.objects.filter(pk=budget.pk).update(foretold_in=began)
        tell("budget-forecast", budget.pk, to)
        publish(budget.organization_id, "budget.forecast", budget.pk)
    return True


def _daily(budgets: Collection[Budget], now: datetime) -> _Daily:
    """Return what each budget's subject cost on the days since the last month began, or a little longer."""
    of_keys = [each for each in budgets if each.level == Level.KEY]
    others = [each for each in budgets if each.level != Level.KEY]
    return (_of_keys(of_keys, now) if of_keys else {}) | (_of_others(others, now) if others else {})


def _of_others(budgets: Collection[Budget], now: datetime) -> _Daily:
    wanted = {each.pk for each in budgets}
    rows = _since(DailyTotal.objects.all(), budgets, now)
    found: _Daily = {}
    for *subjects, start, amount in rows.values_list("organization_id", "project_id", "start").annotate(_AMOUNT):
        for subject in wanted.intersection(subjects):
            _add(found, subject, start, amount)
    return found


def _of_keys(budgets: Collection[Budget], now: datetime) -> _Daily:
    lines, found = keys_of(each.pk for each in budgets), _Daily()
    rows = _since(DailyUsage.objects.filter(key_id__in=list(lines)), budgets, now)
    for key_id, start, amount in rows.values_list("key_id", "start").annotate(_AMOUNT):
        _add(found, lines[key_id], start, amount)
    return found


def _since(rows: QuerySet[Any], budgets: Iterable[Budget], now: datetime) -> QuerySet[Any]:
    since = min(month_start(now, back=1), now - (DAYS + 1) * _DAY)
    return rows.filter(organization_id__in={each.organization_id for each in budgets}, start__gte=since).order_by()


def _add(found: _Daily, subject: UUID, start: datetime, amount: int) -> None:
    days = found.setdefault(subject, {})
    days[start.date()] = days.get(start.date(), 0) + int(amount)
