"""What each project spent this month, as the overview shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Project
from catalog.money import dollars
from usage.figures import percent, share

_MOST = 6


@dataclass(frozen=True, slots=True)
class ProjectRow:
    name: str
    cost: str
    share: str
    share_label: str


def project_rows(spent: Mapping[UUID, int]) -> list[ProjectRow]:
    """Return a row for each of the most expensive projects and one for the rest; one query."""
    whole, shown = sum(spent.values()), list(spent.items())[:_MOST]
    names = dict(Project.objects.filter(pk__in=[pk for pk, _amount in shown]).values_list("pk", "name"))
    rows = [_row(names.get(pk, _("Deleted")), amount, whole) for pk, amount in shown]
    rest = whole - sum(amount for _pk, amount in shown)
    return [*rows, _row(_("Other"), rest, whole)] if rest else rows


def _row(name: str, amount: int, whole: int) -> ProjectRow:
    part = share(amount, whole)
    return ProjectRow(name, dollars(amount), part, percent(float(part), 1))
