"""Counting refusals: one row a key, rule, model and minute, kept for a week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connections, transaction
from django.utils import timezone

from keys.models import Refusal, Turn
from ledger.ids import new_id

KEPT = timedelta(days=7)
_TABLE = Refusal._meta.db_table
# A later refusal within the minute is told; one that comes out of order only counts.
_ADD = f"""
    UPDATE SET count = {_TABLE}.count + excluded.count, {{latest}}
"""
_LATEST = ("last_request_id", "limit", "counter", "resets_at", "last_at")


@dataclass(frozen=True, slots=True)
class Refused:
    """Calls that one rule refused within one minute; all but the count is of the last of them."""

    organization_id: UUID
    project_id: UUID
    key_id: UUID
    rule: str
    at: datetime
    request_id: UUID
    model: str = ""
    limit: int | None = None  # money in pico-dollars
    counter: int | None = None
    resets_at: datetime | None = None
    count: int = 1

    @property
    def minute(self) -> datetime:
        return self.at.replace(second=0, microsecond=0)


def add_refusals(refused: Iterable[Refused]) -> None:
    """Count refusals, each minute's in its row. Rows are touched in one order, so that two writers cannot deadlock."""
    with transaction.atomic():
        for each in sorted(refused, key=lambda one: (one.key_id, one.rule, one.model, one.minute)):
            _add(each)


def purge(now: datetime | None = None) -> int:
    """Forget refusals of more than a week ago, and turns that nobody ended; return how many refusals there were."""
    now = now or timezone.now()
    Turn.objects.filter(until__lt=now - timedelta(days=1)).delete()
    return Refusal.objects.filter(minute__lt=now - KEPT).delete()[0]


def _add(refused: Refused) -> None:
    row = Refusal(
        id=new_id(),
        organization_id=refused.organization_id,
        project_id=refused.project_id,
        key_id=refused.key_id,
        rule=refused.rule,
        model=refused.model,
        minute=refused.minute,
        count=refused.count,
        last_at=refused.at,
        last_request_id=refused.request_id,
        limit=refused.limit,
        counter=refused.counter,
        resets_at=refused.resets_at,
    )
    connection = connections[Refusal.objects.db]
    fields = Refusal._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    latest = ", ".join(_later(connection.ops.quote_name(name)) for name in _LATEST)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    places = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} ({names}) VALUES ({places})"  # noqa: S608
            f" ON CONFLICT (key_id, rule, model, minute) DO {_ADD.format(latest=latest)}",
            values,
        )


def _later(name: str) -> str:
    is_later = f"excluded.last_at >= {_TABLE}.last_at"
    return f"{name} = CASE WHEN {is_later} THEN excluded.{name} ELSE {_TABLE}.{name} END"
