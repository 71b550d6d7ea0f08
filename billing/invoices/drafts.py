"""Which invoice a call belongs to: the draft of the month it began in, or the earliest that is still open.

Under the account's lock, so that no draft is closed while usage lands in it.
"""

from datetime import UTC, datetime
from uuid import UUID

from billing.models import BillingAccount, Invoice


class Drafts:
    """The drafts of one organization, found or made as they are asked for."""

    def __init__(self, account: BillingAccount) -> None:
        self._account = account
        self._by_end: dict[datetime, UUID] = {}

    def draft_for(self, moment: datetime) -> UUID:
        """Return the id of the draft that a call of that moment lands in."""
        open_since = self._account.billed_until
        counted = max(moment, open_since) if open_since else moment
        end = next_month(counted)
        if end not in self._by_end:
            self._by_end[end] = self._draft(end)
        return self._by_end[end]

    def _draft(self, end: datetime) -> UUID:
        start = month_start(end, back=1)
        if self._account.billed_until:
            start = max(start, self._account.billed_until)
        draft, _ = Invoice.objects.get_or_create(organization_id=self._account.pk, end=end, defaults={"start": start})
        return draft.pk


def month_start(moment: datetime, *, back: int = 0) -> datetime:
    """Return the first instant of a moment's calendar month, UTC, or of one that is so many months back."""
    utc = moment.astimezone(UTC)
    months = utc.year * 12 + utc.month - 1 - back
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def next_month(moment: datetime) -> datetime:
    """Return the first instant of the next calendar month, UTC."""
    return month_start(moment, back=-1)
