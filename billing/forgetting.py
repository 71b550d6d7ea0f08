"""Forgetting single calls after the months that an operator keeps them, but none that an open invoice is made of."""

from datetime import datetime

from django.conf import settings
from django.db.models import Min

from billing.invoices.drafts import month_start
from billing.models import Invoice
from usage.purging import forget_calls as forget

_LEAST = 4  # months: recent invoices are compared with their calls again and again


def forget_calls(now: datetime) -> datetime | None:
    """Forget what is old enough, and return the moment before which it is; None where calls are kept for good."""
    if not settings.USAGE_EVENT_MONTHS:
        return None
    before = month_start(now, back=max(settings.USAGE_EVENT_MONTHS, _LEAST))
    oldest = Invoice.objects.drafts().aggregate(start=Min("start"))["start"]
    before = min(before, month_start(oldest)) if oldest else before
    forget(before)
    return before
