"""Where every tenant's chain ends at a size of the log: what the map of a checkpoint is made of."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connections

from ledger.append import DATABASE
from ledger.models import Log

# One statement sees one moment. Chains that went on since the asked size are set back to before their first later leaf.
_HEADS = """
    WITH later AS MATERIALIZED (SELECT tenant, sequence, previous FROM ledger_leaf WHERE position >= %s),
        first AS MATERIALIZED (SELECT tenant, MIN(sequence) AS sequence FROM later GROUP BY tenant)
    SELECT head.tenant, COALESCE(first.sequence - 1, head.sequence), COALESCE(later.previous, head.hash)
    FROM ledger_head head
    LEFT JOIN first ON first.tenant = head.tenant
    LEFT JOIN later ON later.tenant = first.tenant AND later.sequence = first.sequence
    WHERE COALESCE(first.sequence, 2) > 1"""


def log_size() -> int:
    """Return how many leaves the log has."""
    return Log.objects.values_list("size", flat=True).first() or 0


def heads_at(size: int) -> Iterable[tuple[UUID, int, bytes]]:
    """Yield tenant, sequence and hash of the last leaf of every chain in the first `size` leaves. Takes no lock."""
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(_HEADS, [size])
        for tenant, sequence, head in cursor.fetchall():
            yield tenant if isinstance(tenant, UUID) else UUID(tenant), sequence, bytes(head)
