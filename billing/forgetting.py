"""Forgetting single calls after the months that an operator keeps them, but none that an open invoice is made of."""

from datetime import datetime

from django.conf import settings
from django.db.models import Min

from billing.invoices.drafts import month_start, next_month
from billing.models import Invoice
from usage.purging import forget_calls as forget
from usage.purging import kept_since

_LEAST = 4  # months: recent invoices are compared with their calls again and again


def forget_calls(now: datetime) -> datetime | None:
    """Forget what is old enough, and return the moment before which it is; None where calls are kept for good."""
    if not settings.USAGE_EVENT_MONTHS:
        return None
    before = month_start(now, back=max(settings.USAGE_EVENT_MONTHS, _LEAST))
    oldest = Invoice.objects.drafts().aggregate(start=Min("start"))["start"]
    # With the month before: the first calls of a draft may be late ones of that.
    before = min(before, month_start(oldest, back=1)) if oldest else before
    forget(before)
    return before


def whole_since() -> datetime:
    """Return the moment from which on invoices have all of their calls; one of the month before may lack late ones."""
    return next_month(kept_since())
