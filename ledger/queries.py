"""Reading the log: one tenant's entries and their counts. Nothing here opens, writes or asks once a row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db.models import BigIntegerField, Case, Count, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, When
from msgspec import DecodeError, Struct

from ledger.models import Head, Leaf, LeafBody, LeafType

BY_MEMBER = Q(actor__startswith="user:") | Q(actor__startswith="key:")
_GRANT_TYPES = (LeafType.GRANT_STARTED, LeafType.GRANT_CLOSED)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many leaves there are of a type and a purpose, by members or by others."""

    type: str
    purpose: str
    by_member: bool
    count: int


@dataclass(frozen=True, slots=True)
class Slot:
    """How many leaves of a purpose fall into one of equal parts of a period; `granted` of them name a grant."""

    purpose: str
    index: int
    count: int
    granted: int


class MessageOpening(Struct, frozen=True):
    """What a leaf says of an opening to send a message: `fields` as app.Model.field."""

    message: str = ""
    fields: list[str] = []


@dataclass(frozen=True, slots=True)
class FieldOpening:
    """An opening as its leaf says: `fields` as app.Model.field."""

    position: int
    purpose: str
    actor: str
    fields: Sequence[str]


class _Fields(Struct, frozen=True):
    fields: list[str] = []


@dataclass(frozen=True, slots=True)
class Window:
    """A tenant's leaves of a period. Times in the log never go back, so a period is a range of positions."""

    tenant: UUID
    start: int  # microseconds since 1970
    first: int | None  # position of its first leaf; None if there is none

    @classmethod
    def since(cls, tenant: UUID, start: int) -> "Window":
        later = Leaf.objects.filter(tenant=tenant, at__gte=start).order_by("at", "position")
        return cls(tenant, start, later.values_list("position", flat=True).first())

    def entries(self, types: Iterable[LeafType], where: Q) -> QuerySet[LeafBody]:
        """Return the leaves of these types, newest first."""
        return self._all().filter(where, type__in=[kind.value for kind in types]).order_by("-position")

    def tallies(self) -> list[Tally]:
        """Count all leaves of the period in one query."""
        member = Case(When(BY_MEMBER, then=1), default=0)
        counted = self._all().annotate(member=member).values_list("type", "purpose", "member")
        return [Tally(*row) for row in counted.annotate(Count("position")).order_by()]

    def slots(self, where: Q, width: int) -> list[Slot]:
        """Count openings by purpose and part of the period, each `width` microseconds long, in one query."""
        at = Subquery(Leaf.objects.filter(position=OuterRef("position")).values("at"))
        index = ExpressionWrapper((F("leaf_at") - self.start) / width, output_field=BigIntegerField())
        openings = self.entries([LeafType.OPENING], where).annotate(leaf_at=at).annotate(index=index).order_by()
        counted = openings.values("purpose", "index").annotate(count=Count("position"), granted=Count("grant"))
        return [Slot(*row) for row in counted.values_list("purpose", "index", "count", "granted")]

    def _all(self) -> QuerySet[LeafBody]:
        if self.first is None:
            return LeafBody.objects.none()
        return LeafBody.objects.filter(tenant=self.tenant, position__gte=self.first)


def matching(tallies: Iterable[Tally], holds: Callable[[Tally], bool]) -> Q:
    """Return the condition of just those of the counted leaves that `holds` accepts.

    It names purposes, and looks at the actor only where that decides, so that the index by purpose serves it.
    """
    groups = {(tally.purpose, tally.by_member): holds(tally) for tally in tallies}
    kept = {group for group, held in groups.items() if held}
    whole = {purpose for purpose, member in kept if groups.get((purpose, not member), True)}
    found = Q(purpose__in=sorted(whole))
    for purpose, member in sorted(kept):
        if purpose not in whole:
            found |= Q(purpose=purpose) & (BY_MEMBER if member else ~BY_MEMBER)
    return found


def headers(bodies: Sequence[LeafBody]) -> dict[int, Leaf]:
    """Return the headers of these leaves by position."""
    return {leaf.position: leaf for leaf in Leaf.objects.filter(position__in=[body.position for body in bodies])}


def grants_of(bodies: Sequence[LeafBody]) -> list[LeafBody]:
    """Return the leaves with which the grants of these leaves started and closed, oldest first."""
    ids = {body.grant for body in bodies if body.grant}
    if not ids:
        return []
    tenants = {body.tenant for body in bodies}
    found = LeafBody.objects.filter(grant__in=ids, tenant__in=tenants, type__in=_GRANT_TYPES)
    return list(found.order_by("position"))


def openings_for_messages(
    tenant: UUID, purposes: Iterable[str], start: datetime, end: datetime
) -> Iterator[MessageOpening]:
    """Return what was opened of a tenant to send messages within a time, in one query."""
    within = Leaf.objects.filter(tenant=tenant, at__gte=_microseconds(start), at__lte=_microseconds(end))
    bodies = LeafBody.objects.filter(
        tenant=tenant, type=LeafType.OPENING, purpose__in=list(purposes), position__in=within.values("position")
    )
    for text in bodies.values_list("text", flat=True):
        with suppress(DecodeError):  # of another version, or damaged
            opening = msgspec.json.decode(text, type=MessageOpening)
            if opening.message:
                yield opening


def field_openings(tenant: UUID, since: datetime) -> Iterator[FieldOpening]:
    """Return what was opened of a tenant since then, oldest first; two queries, and not all of it in memory."""
    window = Window.since(tenant, _microseconds(since))
    rows = window.entries([LeafType.OPENING], Q()).order_by("position")
    for position, purpose, actor, text in rows.values_list("position", "purpose", "actor", "text").iterator():
        with suppress(DecodeError):
            yield FieldOpening(position, purpose, actor, msgspec.json.decode(text, type=_Fields).fields)


def times(positions: Iterable[int]) -> dict[int, int]:
    """Return when these leaves were written, in microseconds since 1970."""
    return dict(Leaf.objects.filter(position__in=set(positions)).values_list("position", "at"))


def _microseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def first_leaf(tenant: UUID) -> Leaf | None:
    return Leaf.objects.filter(tenant=tenant, sequence=1).first()


def length(tenant: UUID) -> int:
    """Return how many leaves the tenant's chain has."""
    return Head.objects.filter(tenant=tenant).values_list("sequence", flat=True).first() or 0


def covered(tenant: UUID, size: int) -> int:
    """Return how many of the tenant's leaves stand in a tree of that size."""
    inside = Leaf.objects.filter(tenant=tenant, position__lt=size).order_by("-sequence")
    return inside.values_list("sequence", flat=True).first() or 0
