"""Telling that a budget is passed: at its soft sum, and once all of it is used; once a period each, beside calls."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from billing.audience import audience_of
from billing.models import Budget, Period
from notifications.telling import tell

SOFT, HARD = 1, 2  # the steps of which somebody is told
_BATCH = 50


def warn_of_budgets() -> int:
    """Tell whom it concerns, and return of how many budgets."""
    now = timezone.now()
    in_period = Q()
    for period in Period:
        in_period |= Q(period=period, began=period.start(now))
    passed = Budget.objects.filter(in_period, Q(spent__gte=F("soft")) | Q(spent__gte=F("hard")))
    new = passed.exclude(told_in=F("began"), told=HARD).exclude(
        Q(hard=None) | Q(spent__lt=F("hard")), told_in=F("began"), told=SOFT
    )
    return sum(_told(budget_id) for budget_id in list(new.values_list("pk", flat=True)[:_BATCH]))


def step_of(budget: Budget, began: date) -> int:
    """Return the step that a budget has reached in the period that began then; 0 for none."""
    spent = budget.spent_in(began)
    if budget.hard is not None and spent >= budget.hard:
        return HARD
    return SOFT if budget.soft is not None and spent >= budget.soft else 0


def _told(budget_id: UUID) -> bool:
    budget = Budget.objects.filter(pk=budget_id).first()
    to = audience_of(budget.organization_id) if budget else []
    with transaction.atomic():
        budget = Budget.objects.select_for_update().filter(pk=budget_id).first()  # two who look: one of them tells
        if budget is None:
            return False
        began = budget.began_at(timezone.now())
        step = step_of(budget, began)
        if step <= (budget.told if budget.told_in == began else 0):
            return False
        Budget.objects.filter(pk=budget_id).update(told_in=began, told=step)
        tell("budget-reached", budget_id, to)
    return True
