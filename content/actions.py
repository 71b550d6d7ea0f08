"""Keeping customer content sealed, and letting go of it in time."""

from collections.abc import Sequence
from datetime import datetime

from content.exchanges import Exchange
from content.models import StoredExchange

_BATCH = 500


def keep_exchanges(exchanges: Sequence[Exchange]) -> None:
    """Seal and write exchanges; one that is already there stays as it is."""
    StoredExchange.objects.bulk_create(
        [
            StoredExchange(
                id=exchange.id,
                organization_id=exchange.organization_id,
                project_id=exchange.project_id,
                started_at=exchange.started_at,
                expires_at=exchange.expires_at,
                request=exchange.request,
                response=exchange.response,
            )
            for exchange in exchanges
        ],
        ignore_conflicts=True,
    )


def purge_expired(now: datetime) -> int:
    """Delete the exchanges whose retention is over, in small batches; return how many."""
    purged = 0
    while ids := list(StoredExchange.objects.expired(now).values_list("pk", flat=True)[:_BATCH]):
        purged += StoredExchange.objects.filter(pk__in=ids).delete()[0]
    return purged
