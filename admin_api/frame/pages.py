"""Long lists, a page at a time. A cursor names the last thing of the page before: newcomers move nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from rest_framework import serializers

from admin_api.frame.fields import Strict

M = TypeVar("M", bound=Model)
MOST = 100
CURSOR = r"^[A-Za-z0-9_-]{21}[AQgw]$"  # 16 bytes
_MOST_BIGINT = 2**63 - 1


class PageQuery(Strict):
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=50, help_text="How many at most.")
    cursor = serializers.RegexField(
        CURSOR, required=False, help_text="`next_cursor` of the page before; leave it out for the first page."
    )


def page_of(rows: QuerySet[M], query: dict[str, Any], *, by: str = "pk") -> tuple[list[M], str | None]:
    """Return a page, newest first, and the cursor of the next one; None on the last page.

    A cursor is a place and gives nothing: whatever it says, only rows that the caller may see follow.
    """
    if cursor := query.get("cursor"):
        rows = rows.filter(**{f"{by}__lt": _place(cursor, is_number=by != "pk")})
    found = list(rows.order_by(f"-{by}")[: query["limit"] + 1])
    page = found[: query["limit"]]
    return page, cursor_of(getattr(page[-1], by)) if len(found) > len(page) else None


def place_in(query: dict[str, Any]) -> UUID | None:
    """Return the id that a list goes on after; None for the first page."""
    cursor = query.get("cursor")
    place = _place(cursor, is_number=False) if cursor else None
    return place if isinstance(place, UUID) else None


def cursor_of(place: UUID | int) -> str:
    packed = place.bytes if isinstance(place, UUID) else place.to_bytes(16, "big")
    return urlsafe_b64encode(packed).decode().rstrip("=")


def _place(cursor: str, *, is_number: bool) -> UUID | int:
    packed = urlsafe_b64decode(cursor + "==")
    return min(int.from_bytes(packed, "big"), _MOST_BIGINT) if is_number else UUID(bytes=packed)
