"""What each project spent this month, as the overview shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from catalog.money import dollars
from usage.figures import percent, share

_MOST = 6


@dataclass(frozen=True, slots=True)
class ProjectRow:
    name: str
    cost: str
    share: str
    share_label: str


def project_rows(
    spent: Mapping[UUID, tuple[str | None, int]], limits: frozenset[UUID] | None = None
) -> list[ProjectRow]:
    """Return a row for each of the most expensive projects, by name and amount, and one for the rest.

    Who sees usage in some projects alone (`limits`) gets the names of no other ones.
    """
    whole = sum(amount for _name, amount in spent.values())
    shown = [each for project_id, each in spent.items() if limits is None or project_id in limits][:_MOST]
    rows = [_row(name or _("Deleted"), amount, whole) for name, amount in shown]
    rest = whole - sum(amount for _name, amount in shown)
    return [*rows, _row(_("Other"), rest, whole)] if rest else rows


def _row(name: str, amount: int, whole: int) -> ProjectRow:
    part = share(amount, whole)
    return ProjectRow(name, dollars(amount), part, percent(float(part), 1))
