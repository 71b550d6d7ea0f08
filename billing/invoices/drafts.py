"""Which invoice a call belongs to: the draft of the month it began in, or the earliest that is still open.

Under the accounts' locks, so that no draft is closed while usage lands in it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from billing.models import BillingAccount, Invoice


class Drafts:
    """The drafts of some organizations, read at once; one that is missing is made when it is asked for."""

    def __init__(self, accounts: Mapping[UUID, BillingAccount]) -> None:
        self._accounts = accounts
        drafts = Invoice.objects.drafts().filter(organization_id__in=list(accounts))
        rows = drafts.order_by().values_list("organization_id", "end", "pk")
        self._ids: dict[tuple[UUID, datetime], UUID] = {(of, end): pk for of, end, pk in rows}
        self._found: dict[tuple[int, datetime], UUID | None] = {}  # by organization and hour: nearly all were asked for

    def draft_for(self, organization_id: UUID, moment: datetime) -> UUID | None:
        """Return the id of the draft that a call of that moment lands in; None for who is not billed."""
        place = organization_id.int, moment.replace(minute=0, second=0, microsecond=0)
        if place not in self._found:
            self._found[place] = self._find(organization_id, moment)
        return self._found[place]

    def _find(self, organization_id: UUID, moment: datetime) -> UUID | None:
        if not (account := self._accounts.get(organization_id)):
            return None
        counted = max(moment, account.billed_until) if account.billed_until else moment
        place = (organization_id, next_month(counted))
        if place not in self._ids:
            self._ids[place] = self._make(account, place[1])
        return self._ids[place]

    def _make(self, account: BillingAccount, end: datetime) -> UUID:
        start = month_start(end, back=1)
        if account.billed_until:
            start = max(start, account.billed_until)
        return Invoice.objects.create(organization_id=account.pk, start=start, end=end).pk


def month_start(moment: datetime, *, back: int = 0) -> datetime:
    """Return the first instant of a moment's calendar month, UTC, or of one that is so many months back."""
    utc = moment.astimezone(UTC)
    return _first(utc.year * 12 + utc.month - 1 - back)


def next_month(moment: datetime) -> datetime:
    """Return the first instant of the next calendar month, UTC."""
    return month_start(moment, back=-1)


@lru_cache(maxsize=100)
def _first(months: int) -> datetime:
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
