"""What is rotated together: the data keys of one tenant on one plane, with the newest that seals and older ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from vault.models import DataKey
from vault.planes import Plane

PLANES = (Plane.CUSTOMER_DATA, Plane.CUSTOMER_CONTENT)  # keys of the index plane hash and sign: nothing is sealed there


@dataclass(frozen=True, slots=True)
class Pair:
    tenant: UUID
    plane: Plane
    keys: tuple[DataKey, ...]  # oldest first

    @property
    def newest(self) -> DataKey:
        return self.keys[-1]

    @property
    def old(self) -> tuple[DataKey, ...]:
        return self.keys[:-1]


def find_pairs(tenants: Iterable[UUID] | None, *planes: Plane) -> list[Pair]:
    """Return the pairs of these tenants, or of all, those with the latest newest key first."""
    rows = DataKey.objects.filter(plane__in=planes or PLANES).defer("wrapped")
    if tenants is not None:
        rows = rows.filter(tenant__in=list(tenants))
    grouped = groupby(rows.order_by("tenant", "plane", "version"), lambda row: (row.tenant, Plane(row.plane)))
    pairs = [Pair(tenant, plane, tuple(keys)) for (tenant, plane), keys in grouped]
    return sorted(pairs, key=lambda pair: pair.newest.created_at, reverse=True)


def without_new_key(pairs: list[Pair]) -> list[Pair]:
    """Return those that the rotation under way has not given a new key yet; all of them if none is under way.

    It began when it made its first key. A pair whose only key is younger has been through it, or needs no other key.
    """
    running = [pair.newest.created_at for pair in pairs if pair.old]
    began: datetime | None = min(running) if running else None
    return [pair for pair in pairs if not pair.old and (began is None or pair.newest.created_at < began)]
