"""Telling that a threshold of a budget is passed: each once a period, beside calls."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from billing.audience import audience_of
from billing.models import Budget, Period
from catalog.money import PicoField
from notifications.telling import tell
from notifications.webhooks.publish import publish

_WHOLE = Coalesce("hard", "soft")
# What is left at 50 and 80 percent; products would not fit into SQLite's integers. As `Budget.thresholds`.
_THRESHOLDS = (F("whole") - F("whole") / 2, F("whole") - F("whole") / 5, F("whole"), F("soft"))
_HEARD = Case(When(told_in=F("began"), then=F("told")), default=Value(0), output_field=PicoField())
_BATCH = 50


def warn_of_budgets() -> int:
    """Tell whom it concerns, and return of how many budgets."""
    new = Q()
    for threshold in _THRESHOLDS:
        new |= Q(spent__gte=threshold, heard__lt=threshold)
    passed = counting(timezone.now()).annotate(heard=_HEARD).filter(new)
    return sum(_told(budget_id) for budget_id in list(passed.values_list("pk", flat=True)[:_BATCH]))


def counting(now: datetime) -> QuerySet[Budget]:
    """Return the budgets that have counted something in their present period, each with its sum as `whole`."""
    in_period = Q()
    for period in Period:
        in_period |= Q(period=period, began=period.start(now))
    return Budget.objects.filter(in_period).annotate(whole=_WHOLE)


def passed_in(budget: Budget, began: date) -> int:
    """Return the highest threshold that is spent in the period that began then; 0 for none."""
    spent = budget.spent_in(began)
    return max((each for each in budget.thresholds if each <= spent), default=0)


def _told(budget_id: UUID) -> bool:
    budget = Budget.objects.filter(pk=budget_id).first()
    to = audience_of(budget.organization_id) if budget else []
    with transaction.atomic():
        budget = Budget.objects.select_for_update().filter(pk=budget_id).first()  # two who look: one of them tells
        if budget is None:
            return False
        began = budget.began_at(timezone.now())
        passed = passed_in(budget, began)
        if passed <= (budget.told if budget.told_in == began else 0):
            return False
        Budget.objects.filter(pk=budget_id).update(told_in=began, told=passed)
        tell("budget-reached", budget_id, to)
        publish(budget.organization_id, "budget.reached", budget_id)
    return True
