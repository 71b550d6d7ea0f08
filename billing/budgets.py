"""Counting what calls cost towards the budgets of their organization, project and key."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.utils import timezone

from billing.models import Budget
from keys.lines import lines_of
from keys.models import Level
from usage.rated import RatedCall


def lock_budgets(events: Iterable[RatedCall]) -> list[Budget]:
    """Return the budgets that calls count towards, locked, always in the same order."""
    found = list(events)
    lines = lines_of(event.key_id for event in found)
    subjects = {subject for event in found for subject in _subjects(event, lines)}
    return list(Budget.objects.select_for_update().filter(pk__in=subjects).order_by("pk"))


def count_towards(budgets: Iterable[Budget], events: Sequence[RatedCall]) -> None:
    """Add what new events cost; what comes late from an earlier period was of that one."""
    now, some = timezone.now(), list(budgets)
    lines = lines_of(event.key_id for event in events) if any(each.level == Level.KEY for each in some) else {}
    for budget in some:
        began = budget.began_at(now)
        counted = (event for event in events if budget.pk in _subjects(event, lines))
        amount = sum(event.amount for event in counted if budget.began_at(event.started_at) == began)
        if amount:
            budget.spent, budget.began = budget.spent_in(began) + amount, began
            budget.save(update_fields=["spent", "began"])


def _subjects(event: RatedCall, lines: Mapping[UUID, UUID]) -> tuple[UUID, UUID, UUID]:
    return event.organization_id, event.project_id, lines.get(event.key_id, event.key_id)
