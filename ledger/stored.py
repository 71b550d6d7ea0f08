"""Reading leaves back with their bodies, in batches, so that a log of any length needs little memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from ledger.cells import as_bytes, as_number
from ledger.leaves import Header
from ledger.models import Leaf, LeafBody

_BATCH = 500


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """A leaf as it stands in the database; `body` is None once it was dropped."""

    header: Header
    hash: bytes
    body: LeafBody | None


def in_batches(rows: QuerySet[Any], key: str, start: int = 0) -> Iterator[list[Any]]:
    """Yield the rows whose `key` is at least `start`, by that key, a batch at a time."""
    while batch := list(rows.filter(**{f"{key}__gte": start}).order_by(key)[:_BATCH]):
        yield batch
        start = getattr(batch[-1], key) + 1


def log_leaves(start: int, end: int) -> Iterator[StoredLeaf]:
    """Yield the leaves at positions from `start` up to, not including, `end`."""
    yield from _with_bodies(in_batches(Leaf.objects.filter(position__lt=end), "position", start))


def chain_leaves(tenant: UUID, size: int) -> Iterator[StoredLeaf]:
    """Yield the tenant's leaves among the first `size` of the log, by sequence."""
    yield from _with_bodies(in_batches(Leaf.objects.filter(tenant=tenant, position__lt=size), "sequence"))


def marked_headers(start: int, end: int) -> Iterator[tuple[Header, bytes | None]]:
    """Yield headers and the pen's marks at positions from `start` up to, not including, `end`."""
    for batch in in_batches(Leaf.objects.filter(position__lt=end), "position", start):
        for leaf in batch:
            yield header_of(leaf), None if leaf.mark is None else as_bytes(leaf.mark)


def _with_bodies(batches: Iterator[list[Leaf]]) -> Iterator[StoredLeaf]:
    for batch in batches:
        bodies = LeafBody.objects.in_bulk([leaf.position for leaf in batch])
        for leaf in batch:
            yield StoredLeaf(header_of(leaf), as_bytes(leaf.hash), bodies.get(leaf.position))


def header_of(leaf: Leaf) -> Header:
    """Return a leaf's header, of which its hash is made."""
    sequence, at = as_number(leaf.sequence), as_number(leaf.at)
    return Header(leaf.position, leaf.tenant, sequence, at, as_bytes(leaf.previous), as_bytes(leaf.commitment))
