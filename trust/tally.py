"""How often each of some fields of a tenant was opened, and by whom last. Read from the ledger; nothing opens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ledger.actor import Actor
from ledger.queries import FieldOpening, field_openings, times
from trust import purposes, rows
from trust.actors import Who, who


@dataclass(frozen=True, slots=True)
class Opened:
    """`count` openings, `own` of them by the reader; the last one was `at`, by `by`, for `purpose`."""

    count: int
    own: int
    at: datetime
    by: Who
    purpose: str


def of_fields(tenant: UUID, labels: Iterable[str], reader: Actor, since: datetime) -> dict[str, Opened]:
    """Return what is known of each field that was opened at all; three queries, however many openings there are."""
    counts = {label: [0, 0] for label in labels}
    last: dict[str, FieldOpening] = {}
    for opening in field_openings(tenant, since):  # oldest first
        for label in counts.keys() & set(opening.fields):
            counts[label][0] += 1
            counts[label][1] += opening.actor == str(reader)
            last[label] = opening
    at = times(opening.position for opening in last.values())
    return {
        label: Opened(
            count=counts[label][0],
            own=counts[label][1],
            at=rows.moment(at[opening.position]),
            by=who(opening.actor, reader),
            purpose=str(purposes.named(opening.purpose).name),
        )
        for label, opening in last.items()
    }
