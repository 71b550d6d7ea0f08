"""What each project spent this month, as the overview shows it."""

from collections.abc import Iterable
from dataclasses import dataclass

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


def project_rows(spent: Iterable[tuple[str | None, int]]) -> list[ProjectRow]:
    """Return a row for each of the most expensive projects, by name and amount, and one for the rest."""
    all_of_them = list(spent)
    whole, shown = sum(amount for _name, amount in all_of_them), all_of_them[:_MOST]
    rows = [_row(name or _("Deleted"), amount, whole) for name, amount in shown]
    rest = whole - sum(amount for _name, amount in shown)
    return [*rows, _row(_("Other"), rest, whole)] if rest else rows


def _row(name: str, amount: int, whole: int) -> ProjectRow:
    part = share(amount, whole)
    return ProjectRow(name, dollars(amount), part, percent(float(part), 1))
