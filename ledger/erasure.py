"""After a tenant's keys were destroyed: the receipt of it, and letting go of what their leaves say."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from ledger.errors import LedgerError
from ledger.models import Leaf, LeafBody, LeafType
from ledger.pen import Pen
from ledger.written import was_destroyed

FORMAT = "llama-console-erasure/1"


def receipt(tenant: UUID) -> dict[str, object]:
    """Return what was destroyed, when, and where in the log that stands; LedgerError if nothing was.

    `horizon` is the day from which on no backup holds the keys.
    """
    body = LeafBody.objects.filter(tenant=tenant, type=LeafType.DESTRUCTION).order_by("position").first()
    if body is None:
        raise LedgerError("not-erased", "No key of this customer was destroyed.", permanent=True)
    leaf, said = Leaf.objects.get(pk=body.position), msgspec.json.decode(body.text)
    return {
        "format": FORMAT,
        "tenant": str(tenant),
        "time": datetime.fromtimestamp(leaf.at / 1_000_000, UTC).isoformat(),
        **{name: said[name] for name in ("keys", "planes", "horizon")},
        "leaf": {"position": leaf.position, "sequence": leaf.sequence, "hash": bytes(leaf.hash).hex()},
    }


def drop_bodies(tenant: UUID, *, pen: Pen) -> int:
    """Delete salts and bodies of an erased tenant's leaves, except of the destruction; the leaves stay valid.

    Erased is of whom this pen wrote that the keys were destroyed: an `Erasure` alone can be anybody's.
    """
    if not was_destroyed(tenant, pen):
        raise LedgerError("not-erased", "Only what the leaves of an erased customer say is dropped.", permanent=True)
    return LeafBody.objects.filter(tenant=tenant).exclude(type=LeafType.DESTRUCTION).delete()[0]
