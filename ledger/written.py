"""What the pen wrote, read back so that nobody who only writes to the database can change it.

Bodies may be dropped once there is an `Erasure`, and such a row anybody can insert. So who decides by the log reads it
here: each leaf must carry the pen's mark, and the body that it commits to.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from ledger.cells import as_bytes
from ledger.errors import LedgerError
from ledger.leaves import commit
from ledger.models import Leaf, LeafBody, LeafType
from ledger.pen import Pen
from ledger.stored import header_of, in_batches


def said_since(tenant: UUID, at: int, pen: Pen, *, first: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield sequence and body of the tenant's leaves that are not older than `at`, in microseconds since 1970.

    It begins with the sequence `first`. LedgerError if a leaf was not written by this pen, or does not say any more
    what was written.
    """
    for batch in in_batches(Leaf.objects.filter(tenant=tenant, at__gte=at), "sequence", first):
        bodies = LeafBody.objects.in_bulk([leaf.position for leaf in batch])
        for leaf in batch:
            yield leaf.sequence, _said(leaf, bodies.get(leaf.position), pen)


def was_destroyed(tenant: UUID, pen: Pen) -> bool:
    """Tell whether this pen wrote that the tenant's keys were destroyed."""
    positions = LeafBody.objects.filter(tenant=tenant, type=LeafType.DESTRUCTION).values_list("position", flat=True)
    bodies = LeafBody.objects.in_bulk(list(positions))
    leaves = Leaf.objects.filter(position__in=bodies, tenant=tenant)
    return any(_says_destruction(leaf, bodies[leaf.position], pen) for leaf in leaves)


def _says_destruction(leaf: Leaf, body: LeafBody, pen: Pen) -> bool:
    try:
        return bool(_said(leaf, body, pen)["type"] == LeafType.DESTRUCTION)
    except LedgerError:
        return False


def _said(leaf: Leaf, body: LeafBody | None, pen: Pen) -> dict[str, Any]:
    header = header_of(leaf)
    if not pen.wrote(header.hash(), None if leaf.mark is None else as_bytes(leaf.mark)):
        raise LedgerError("tampered", "A leaf was not written by the unsealer.", permanent=True)
    if body is None or commit(as_bytes(body.salt), body.text) != header.commitment:
        raise LedgerError("tampered", "A leaf does not say any more what was written.", permanent=True)
    said: dict[str, Any] = json.loads(body.text)
    return said
