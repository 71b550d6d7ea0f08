"""Counting reported events that do not count: one row an organization, hour and reason, kept for thirty days.

The rows of an hour are as few as there are sentences, whatever is sent: who reports writes neither of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ledger.ids import new_id
from usage.models import IngestError
from usage.writing import write_rows

KEPT = timedelta(days=30)
NOBODY = UUID(int=0)  # the organization of what an operator's gateway reports of keys that there are not
LONGEST_ID = 64
_NAMES = ("id", "organization_id", "hour", "code", "detail", "count", "last_at", "last_event_id")
_TABLE = IngestError._meta.db_table
_ADD = f"""
    ON CONFLICT (organization_id, hour, code, detail) DO UPDATE SET
        count = {_TABLE}.count + excluded.count, last_at = excluded.last_at, last_event_id = excluded.last_event_id
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that does not count. `code` and `detail` are of a fixed set; the id is what the event calls itself."""

    organization_id: UUID
    code: str
    detail: str
    at: datetime
    event_id: str = ""

    @property
    def place(self) -> tuple[UUID, datetime, str, str]:
        return self.organization_id, self.at.replace(minute=0, second=0, microsecond=0), self.code, self.detail


def add(refused: Iterable[tuple[Refused, int]]) -> None:
    """Count events, each with how many there were like it, of which it is the last; one for each place."""
    rows = [
        (new_id(), *each.place, count, each.at, each.event_id[:LONGEST_ID])
        for each, count in sorted(refused, key=lambda one: one[0].place)  # so that two writers cannot deadlock
    ]
    if rows:
        with transaction.atomic():
            write_rows(IngestError, _NAMES, rows, _ADD)


def purge(now: datetime) -> int:
    """Forget those of longer ago; return how many rows there were."""
    return IngestError.objects.filter(hour__lt=now - KEPT).delete()[0]
