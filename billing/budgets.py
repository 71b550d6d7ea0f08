"""Counting what calls cost towards the budgets of their organization, project and key."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.utils import timezone

from billing.models import Budget
from keys.lines import lines_of
from keys.models import Level
from usage.groups import Group
from usage.rated import RatedCall


def lock_budgets(events: Iterable[RatedCall]) -> list[Budget]:
    """Return the budgets that calls count towards, locked, always in the same order."""
    places = {(e.organization_id.int, e.project_id.int, e.key_id.int): e for e in events}.values()  # quicker than UUIDs
    lines = lines_of(place.key_id for place in places)
    subjects = {subject for place in places for subject in _subjects(place, lines)}
    return list(Budget.objects.select_for_update().filter(pk__in=subjects).order_by("pk"))


def count_towards(budgets: Iterable[Budget], groups: Sequence[Group]) -> None:
    """Add what new calls cost; what comes late from an earlier period was of that one.

    What another gateway's clock has in the next one counts now: nothing would add it then.
    """
    now, some = timezone.now(), list(budgets)
    lines = lines_of(group.key_id for group in groups) if any(each.level == Level.KEY for each in some) else {}
    for budget in some:
        began = budget.began_at(now)
        counted = (group for group in groups if budget.pk in _subjects(group, lines))
        amount = sum(group.amount for group in counted if budget.began_at(group.hour) >= began)
        if amount:
            budget.spent, budget.began = budget.spent_in(began) + amount, began
            budget.save(update_fields=["spent", "began"])


def _subjects(place: RatedCall | Group, lines: Mapping[UUID, UUID]) -> tuple[UUID, UUID, UUID]:
    return place.organization_id, place.project_id, lines.get(place.key_id, place.key_id)
