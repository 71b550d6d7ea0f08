"""The budgets beside the costs of what one sees, by the counter that the gateway enforces."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, IntegerField, Q, Value, When

from accounts.models import Organization, Project
from billing.budget_alerts import counting
from billing.budget_standing import Standing, standings
from billing.models import Budget
from keys.models import ApiKey, Level

MOST = 12
_ORDER = Case(*(When(level=level, then=Value(place)) for place, level in enumerate(Level)), output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class NamedBudget:
    """`project` is the slug of a project's budget."""

    name: str
    project: str
    standing: Standing


def budgets_of(
    organization: Organization, projects: Collection[UUID] | None, now: datetime
) -> tuple[Sequence[NamedBudget], bool]:
    """Return budgets with their names, and whether there are more; of keys those that have spent something alone."""
    spending = counting(now).filter(spent__gt=0).values("pk")
    seen = Q(organization_id=organization.pk) & (~Q(level=Level.KEY) | Q(pk__in=spending))
    if projects is not None:
        keys = ApiKey.objects.of(organization).filter(project_id__in=list(projects)).values("pk")
        seen &= Q(level=Level.PROJECT, pk__in=list(projects)) | Q(level=Level.KEY, pk__in=keys)
    found = list(Budget.objects.filter(seen).order_by(_ORDER, "-spent", "pk")[: MOST + 1])
    standing, names = standings(found[:MOST], now), _names(organization, found[:MOST])
    return [NamedBudget(*names.get(each.pk, ("", "")), standing[each.pk]) for each in found[:MOST]], len(found) > MOST


def _names(organization: Organization, budgets: Collection[Budget]) -> dict[UUID, tuple[str, str]]:
    """Return name and slug; a line of keys has the name of its newest one."""
    names = {organization.pk: (organization.name, "")}
    if of_projects := [each.pk for each in budgets if each.level == Level.PROJECT]:
        found = Project.objects.filter(organization=organization, pk__in=of_projects)
        names |= {each.pk: (each.name, each.slug) for each in found}
    if of_keys := [each.pk for each in budgets if each.level == Level.KEY]:
        lines = ApiKey.objects.of(organization).filter(Q(pk__in=of_keys) | Q(line_id__in=of_keys)).order_by("pk")
        names |= {each.subject_id: (each.name, "") for each in lines.only("pk", "line_id", "name")}
    return names
