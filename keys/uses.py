"""What keys did, as their uses tell: when, from which networks, with which models; and how long that is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Min, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from keys.models import KeyUse

RECENT = timedelta(days=30)
KEPT = timedelta(days=100)  # longer than `states.UNUSED`, so that rest is noticed before it is forgotten
_MOST = 50  # networks or models that are told


@dataclass(frozen=True, slots=True)
class LastUse:
    at: datetime
    network: str
    model: str


@dataclass(slots=True)
class Share:
    """What one network or model has of a key's calls; `is_new` if it was not seen before the leak."""

    name: str
    requests: int
    errors: int
    tokens: int
    amount: int
    first: datetime
    last: datetime
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a key reached: what it did since a moment, and in the thirty days before."""

    networks: list[Share]
    models: list[Share]
    before_networks: list[Share]
    before_models: list[Share]

    @property
    def requests(self) -> int:
        return sum(share.requests for share in self.models)

    @property
    def amount(self) -> int:
        return sum(share.amount for share in self.models)

    @property
    def tokens(self) -> int:
        return sum(share.tokens for share in self.models)

    @property
    def new_networks(self) -> list[Share]:
        return [share for share in self.networks if share.is_new]


def last_uses(keys: Iterable[UUID]) -> dict[UUID, LastUse]:
    """Return the last use of each key that was used, in one query."""
    newest = Window(RowNumber(), partition_by="key_id", order_by=[F("last_at").desc(), F("pk").desc()])
    rows = KeyUse.objects.filter(key_id__in=list(keys)).annotate(place=newest).filter(place=1)
    return {use.key_id: LastUse(use.last_at, use.network, use.model) for use in rows}


def shares(key_id: UUID, column: str, *, since: datetime, until: datetime | None = None) -> list[Share]:
    """Return what each network or model has of a key's calls of a time, the most first."""
    return _shares(_uses(key_id, since, until), column)


def reach_of(key_id: UUID, leaked_at: datetime) -> Reach:
    """Return how far a leaked key reached. Uses are by the hour, and the hour of the leak counts as after it."""
    hour = leaked_at.replace(minute=0, second=0, microsecond=0)
    after, before = _uses(key_id, hour, None), _uses(key_id, hour - RECENT, hour)
    reach = Reach(
        _shares(after, "network"), _shares(after, "model"), _shares(before, "network"), _shares(before, "model")
    )
    known = set(before.values_list("network", flat=True).distinct())
    for share in reach.networks:
        share.is_new = share.name not in known
    return reach


def purge() -> int:
    """Forget what keys did longer ago; return how many rows there were."""
    over = KeyUse.objects.filter(hour__lt=timezone.now() - KEPT)
    return over.delete()[0]


def _uses(key_id: UUID, since: datetime, until: datetime | None) -> QuerySet[KeyUse]:
    uses = KeyUse.objects.filter(key_id=key_id, hour__gte=since)
    return uses.filter(hour__lt=until) if until else uses


def _shares(uses: QuerySet[KeyUse], column: str) -> list[Share]:
    sums: dict[str, Any] = {f"all_{name}": Sum(name) for name in ("requests", "errors", "tokens", "amount")}
    rows = uses.values(column).annotate(**sums, first=Min("hour"), last=Max("last_at"))
    return [
        Share(
            name=row[column],
            requests=int(row["all_requests"]),
            errors=int(row["all_errors"]),
            tokens=int(row["all_tokens"]),
            amount=int(row["all_amount"]),
            first=row["first"],
            last=row["last"],
        )
        for row in rows.order_by("-all_requests", column)[:_MOST]
    ]
