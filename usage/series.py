"""Which groups the chart shows, in which colour, and how they are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Project
from catalog.models import Model
from keys.models import ApiKey
from usage.chart import MAX_SERIES, OTHER
from usage.queries import Group, Metric, Totals
from usage.sums import Sums


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    hint: str = ""


def labels(organization_id: UUID, group: Group) -> dict[str, Label]:
    """Return the labels of all groups of an organization, oldest first: that order gives each its colour."""
    if group is Group.MODEL:
        return {model.name: Label(model.title, model.name) for model in Model.objects.order_by("created_at", "name")}
    if group is Group.PROJECT:
        projects = Project.objects.filter(organization_id=organization_id).order_by("pk")
        return {str(project.pk): Label(project.name, project.slug) for project in projects}
    keys = ApiKey.objects.filter(project__organization_id=organization_id).order_by("pk")
    return {str(key.pk): Label(key.name, key.hint) for key in keys.only("pk", "name", "tail")}


def shown(totals: Totals[Sums], metric: Metric) -> list[str]:
    """Return the groups that get a series of their own: the largest, largest first."""
    ranked = sorted(totals.groups, key=lambda name: (-metric(totals.groups[name]), name))
    return ranked[:MAX_SERIES] if len(ranked) > MAX_SERIES else ranked


def colours(names: Sequence[str], known: Mapping[str, Label]) -> dict[str, int]:
    """Give each series a colour that belongs to it and not to its rank; the next free one where two would share."""
    order = {name: index for index, name in enumerate(known)}
    taken: dict[str, int] = {}
    for name in sorted(names, key=lambda name: order.get(name, len(order))):
        wanted = order.get(name, 0) % MAX_SERIES
        free = (colour % MAX_SERIES for colour in range(wanted, wanted + MAX_SERIES))
        taken[name] = next(colour for colour in free if colour not in taken.values())
    return {name: taken[name] for name in names}


def folded(totals: Totals[Sums], names: Sequence[str]) -> tuple[dict[str, Sums], dict[tuple[datetime, str], Sums]]:
    """Return groups and cells with everything that has no series of its own summed into "other"."""
    groups: dict[str, Sums] = {}
    cells: dict[tuple[datetime, str], Sums] = {}
    for name, sums in totals.groups.items():
        groups.setdefault(name if name in names else OTHER, Sums()).add(sums)
    for (bucket, name), sums in totals.cells.items():
        cells.setdefault((bucket, name if name in names else OTHER), Sums()).add(sums)
    return groups, cells
