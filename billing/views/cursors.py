"""Long lists page by page, the newest first. A page is named by the number that it follows: newcomers move nothing."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

M = TypeVar("M", bound=Model)
SIZE = 50
_LARGEST = 2**63 - 1  # what a column holds


@dataclass(frozen=True, slots=True)
class Slice(Generic[M]):
    rows: list[M]
    before: int | None  # what the next, older page follows; None on the last one
    is_first: bool


def slice_of(rows: QuerySet[M], by: str, before: str) -> Slice[M]:
    """Return the page after a cursor, "" for the first one; Http404 for a cursor that is none."""
    if before:
        rows = rows.filter(**{f"{by}__lt": _number(before)})
    found = list(rows.order_by(f"-{by}")[: SIZE + 1])
    shown = found[:SIZE]
    last: Any = getattr(shown[-1], by) if len(found) > SIZE else None
    return Slice(shown, last, not before)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise Http404
    return min(int(text), _LARGEST)
