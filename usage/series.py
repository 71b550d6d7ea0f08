"""Which groups the chart shows, in which colour, and how they are called."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Project
from catalog.models import Model
from keys.models import ApiKey
from usage.chart import MAX_SERIES, OTHER
from usage.queries import Group, Metric, Totals
from usage.sums import Sums

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    hint: str = ""


def labels(organization_id: UUID, group: Group) -> dict[str, Label]:
    """Return the labels of all groups of an organization, oldest first: that order gives each its colour.

    Those of members are the caller's to find: their names are sealed.
    """
    if group is Group.MODEL:
        return {model.name: Label(model.title, model.name) for model in Model.objects.order_by("created_at", "name")}
    if group is Group.PROJECT:
        projects = Project.objects.filter(organization_id=organization_id).order_by("pk")
        return {str(project.pk): Label(project.name, project.slug) for project in projects}
    if group is Group.STATUS:
        names = {"2xx": _("Answered"), "4xx": _("Refused or left"), "5xx": _("Failed")}
        return {status: Label(name, status) for status, name in names.items()}
    if group is Group.KEY:
        keys = ApiKey.objects.filter(project__organization_id=organization_id).order_by("pk")
        return {str(key.pk): Label(key.name, key.hint) for key in keys.only("pk", "name", "tail")}
    return {}


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


def folded(
    totals: Totals[_Value],
    names: Sequence[str],
    hidden: Collection[str],
    make: Callable[[], _Value],
    add: Callable[[_Value, _Value], None],
) -> Totals[_Value]:
    """Return totals in which whatever has no series of its own is in "other", and what is hidden is nowhere."""
    result = Totals(make())
    for name, value in totals.groups.items():
        series = name if name in names else OTHER
        if series not in hidden:
            add(result.overall, value)
            add(result.groups.setdefault(series, make()), value)
    for (bucket, name), value in totals.cells.items():
        series = name if name in names else OTHER
        if series not in hidden:
            add(result.cells.setdefault((bucket, series), make()), value)
    return result
