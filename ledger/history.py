"""The events of one tenant, newest first, each held against the leaf that it was given.

Rows of events are quick to filter, but whoever writes to the console's database can change them. Leaves can't be
changed unnoticed. So filters look at rows, and what is told of an event is what its leaf says; where the two
differ, or one of them is missing, that is told as well.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from ledger.cells import as_bytes
from ledger.errors import LedgerError
from ledger.events import entry_of
from ledger.leaves import Plain, commit
from ledger.models import AuditEvent, Leaf, LeafBody, LeafType, PendingEvent

MOST_UNLISTED = 200  # of one page; whoever deletes more is noticed all the same
_CHUNK = 500


class Standing(StrEnum):
    """How an event and its leaf agree."""

    RECORDED = "recorded"
    WAITING = "waiting"  # for its leaf, for a few seconds
    CHANGED = "changed"  # the row says something else than the leaf, which is what is told
    UNRECORDED = "unrecorded"  # a row that has no leaf and waits for none
    UNLISTED = "unlisted"  # a leaf whose row is gone
    BROKEN = "broken"  # the leaf's own text is not what was written


@dataclass(frozen=True, slots=True)
class Place:
    """Where a leaf stands."""

    position: int
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One event."""

    id: UUID
    at: datetime
    actor: str
    action: str
    target: str
    standing: Standing
    payload: dict[str, Plain] = field(default_factory=dict)
    place: Place | None = None

    @property
    def is_in_order(self) -> bool:
        return self.standing in {Standing.RECORDED, Standing.WAITING}


@dataclass(frozen=True, slots=True)
class Page:
    happenings: list[Happening]
    has_newer: bool
    has_older: bool

    @property
    def newest(self) -> UUID | None:
        return self.happenings[0].id if self.happenings else None

    @property
    def oldest(self) -> UUID | None:
        return self.happenings[-1].id if self.happenings else None


class History:
    """A tenant's events that match a condition; without one, leaves whose event is gone are found, too."""

    def __init__(self, tenant: UUID, where: Q | None = None) -> None:
        self.tenant, self._where = tenant, where

    def page(self, size: int, *, before: UUID | None = None, after: UUID | None = None) -> Page:
        """Return the events before or after one of them, or the newest; in six queries at most."""
        if after is not None:
            rows = list(self._rows().filter(pk__gt=after).order_by("pk")[: size + 1])
            before = rows[size].pk if len(rows) > size else None
            return Page(self._stretch(rows[:size], before), has_newer=before is not None, has_older=True)
        rows = list((self._rows().filter(pk__lt=before) if before else self._rows())[: size + 1])
        has_older = len(rows) > size
        told = self._stretch(rows[:size], before, is_last=not has_older)
        return Page(told, has_newer=before is not None, has_older=has_older)

    def all(self) -> Iterator[Happening]:
        """Yield all of them, however many there are, a chunk at a time; what comes meanwhile is left out."""
        before: UUID | None = None
        while True:
            page = self.page(_CHUNK, before=before)
            yield from page.happenings
            if not page.has_older:
                return
            before = page.oldest

    def _stretch(self, rows: Sequence[AuditEvent], before: UUID | None, *, is_last: bool = False) -> list[Happening]:
        told = self._told(rows)
        unlisted = self._unlisted(told, before, is_last=is_last) if self._where is None else []
        return sorted([*told, *unlisted], key=lambda each: each.id, reverse=True)

    def _rows(self) -> QuerySet[AuditEvent]:
        rows = AuditEvent.objects.filter(organization_id=self.tenant).order_by("-pk")
        return rows if self._where is None else rows.filter(self._where)

    def _told(self, rows: Sequence[AuditEvent]) -> list[Happening]:
        bodies = {body.event: body for body in LeafBody.objects.filter(event__in=[row.pk for row in rows])}
        leaves = Leaf.objects.in_bulk([body.position for body in bodies.values()])
        missing = [row.pk for row in rows if row.pk not in bodies]
        waiting = set(PendingEvent.objects.filter(pk__in=missing).values_list("pk", flat=True))
        return [self._tell(row, bodies.get(row.pk), leaves, row.pk in waiting) for row in rows]

    def _tell(self, row: AuditEvent, body: LeafBody | None, leaves: dict[int, Leaf], is_waiting: bool) -> Happening:
        if body is None:
            standing = Standing.WAITING if is_waiting else Standing.UNRECORDED
            payload = row.payload if isinstance(row.payload, dict) else {}
            return Happening(row.pk, row.at, row.actor, row.action, row.target, standing, payload)
        entry = entry_of(row)
        agrees = body.tenant == self.tenant and body.text == entry.body()
        said = _said(body, leaves.get(body.position))
        return said if agrees or not said.is_in_order else replace(said, standing=Standing.CHANGED)

    def _unlisted(self, told: Sequence[Happening], before: UUID | None, *, is_last: bool) -> list[Happening]:
        """Return what leaves of this stretch say whose events are not there any more.

        Leaves come almost in the order of their events: a leaf of another page is found here, and let go, because its
        event is there.
        """
        stretch = self._leaves_between(told, before, is_last=is_last)
        known = {each.id for each in told}
        bodies = stretch.exclude(event__in=known).order_by("-position")[:MOST_UNLISTED]
        found = {body.event: body for body in bodies if body.event}
        if not found:
            return []
        events = AuditEvent.objects.filter(organization_id=self.tenant, pk__in=list(found))
        gone = [found[event] for event in found.keys() - set(events.values_list("pk", flat=True))]
        leaves = Leaf.objects.in_bulk([body.position for body in gone])
        said = [_said(body, leaves.get(body.position)) for body in gone]
        return [replace(each, standing=Standing.UNLISTED) for each in said]

    def _leaves_between(self, told: Sequence[Happening], before: UUID | None, *, is_last: bool) -> QuerySet[LeafBody]:
        positions = [each.place.position for each in told if each.place]
        end = LeafBody.objects.filter(event=before).values_list("position", flat=True).first() if before else None
        if (before and end is None) or not (is_last or positions):
            return LeafBody.objects.none()
        events = LeafBody.objects.filter(tenant=self.tenant, type=LeafType.EVENT.value, purpose="")
        events = events if end is None else events.filter(position__lt=end)
        return events if is_last else events.filter(position__gte=min(positions))


def _said(body: LeafBody, leaf: Leaf | None) -> Happening:
    """Return what a leaf says of its event, whatever it is that stands there."""
    members = _members(body.text)
    standing = Standing.RECORDED if leaf and _is_whole(body, leaf) else Standing.BROKEN
    return Happening(
        id=body.event or UUID(int=0),
        at=_moment(members.get("changed"), leaf),
        actor=str(members.get("actor", "")),
        action=str(members.get("action", "")),
        target=str(members.get("target", "")),
        standing=standing,
        payload=_plain(members.get("payload")),
        place=Place(leaf.position, leaf.sequence, bytes(leaf.hash).hex()) if leaf else None,
    )


def _is_whole(body: LeafBody, leaf: Leaf) -> bool:
    try:
        return leaf.tenant == body.tenant and commit(as_bytes(body.salt), body.text) == as_bytes(leaf.commitment)
    except LedgerError:
        return False


def _members(text: str) -> dict[str, Any]:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}


def _plain(payload: object) -> dict[str, Plain]:
    if not isinstance(payload, dict):
        return {}
    return {str(name): value if isinstance(value, str | int | None) else str(value) for name, value in payload.items()}


def _moment(changed: object, leaf: Leaf | None) -> datetime:
    """Return when something happened: as the leaf says, or if it says nothing readable when the leaf was made."""
    try:
        return datetime.fromisoformat(str(changed))
    except ValueError:
        return datetime.fromtimestamp((leaf.at if leaf else 0) / 1_000_000, UTC)
