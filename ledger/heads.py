"""Where every tenant's chain ends at a size of the log: what the map of a checkpoint is made of."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connections

from ledger.append import DATABASE
from ledger.cells import as_bytes, as_number
from ledger.errors import LedgerError
from ledger.models import Log

# One statement sees one moment. Chains that went on since the asked size are set back to before their first later leaf.
_HEADS = """
    WITH later AS MATERIALIZED (SELECT tenant, sequence, previous FROM ledger_leaf WHERE position >= %s),
        first AS MATERIALIZED (SELECT tenant, MIN(sequence) AS sequence FROM later GROUP BY tenant)
    SELECT head.tenant, COALESCE(first.sequence - 1, head.sequence), COALESCE(later.previous, head.hash), own.hash
    FROM ledger_head head
    LEFT JOIN first ON first.tenant = head.tenant
    LEFT JOIN later ON later.tenant = first.tenant AND later.sequence = first.sequence
    LEFT JOIN ledger_leaf own ON own.tenant = head.tenant AND own.position < %s
    AND own.sequence = COALESCE(first.sequence - 1, head.sequence)
    WHERE COALESCE(first.sequence, 2) > 1"""


def log_size() -> int:
    """Return how many leaves the log has."""
    return as_number(Log.objects.values_list("size", flat=True).first() or 0)


def newest_time() -> int:
    """Return when the newest leaf was appended, in microseconds since 1970; 0 for an empty log."""
    return as_number(Log.objects.values_list("at", flat=True).first() or 0)


def heads_at(size: int, *, as_leaves_say: bool = False) -> Iterable[tuple[UUID, int, bytes]]:
    """Yield tenant, sequence and hash of the last leaf of every chain in the first `size` leaves. Takes no lock.

    With `as_leaves_say` a head without just that leaf is a LedgerError: a head can be edited, leaves are signed.
    """
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(_HEADS, [size, size])
        for tenant, sequence, head, own in cursor.fetchall():
            if as_leaves_say and (own is None or as_bytes(own) != as_bytes(head)):
                raise LedgerError("tampered", "A chain does not end where its head says.", permanent=True)
            yield tenant if isinstance(tenant, UUID) else UUID(tenant), as_number(sequence), as_bytes(head)
