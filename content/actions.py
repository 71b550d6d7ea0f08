"""Keeping customer content sealed, and letting go of it in time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from content.exchanges import Exchange
from content.models import StoredExchange
from content.models.stored_exchange import StoredExchangeQuerySet

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
    return _purge(StoredExchange.objects.expired(now))


def purge_project(project_id: UUID, *, until: datetime) -> int:
    """Delete what a project kept of calls that began no later than a moment; return how much."""
    return _purge(StoredExchange.objects.filter(project_id=project_id, started_at__lte=until))


def projects_with_content() -> Iterator[UUID]:
    """Yield the ids of the projects of which anything is kept, by as many looks into an index."""
    ids = StoredExchange.objects.order_by("project_id").values_list("project_id", flat=True)
    found = ids.first()
    while found is not None:
        yield found
        found = ids.filter(project_id__gt=found).first()


def _purge(over: StoredExchangeQuerySet) -> int:
    purged = 0
    while ids := list(over.values_list("pk", flat=True)[:_BATCH]):
        purged += StoredExchange.objects.filter(pk__in=ids).delete()[0]
    return purged
