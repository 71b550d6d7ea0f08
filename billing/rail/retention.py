"""How long it is kept what was done at Stripe and told by it: longer than Stripe tells anything again."""

from datetime import datetime, timedelta

from django.utils import timezone

from billing.models import Deed, EventState, IntentState, ReconciliationRun, StripeEvent, StripeIntent

KEPT = timedelta(days=90)
_OVER = (EventState.DONE, EventState.IGNORED)


def purge(now: datetime | None = None) -> None:
    """Delete what is over for long. An organization's customer stays made, and what waits for somebody stays."""
    before = (now or timezone.now()) - KEPT
    ReconciliationRun.objects.filter(started_at__lt=before).delete()
    StripeEvent.objects.filter(state__in=_OVER, done_at__lt=before).delete()
    over = StripeIntent.objects.filter(state__in=(IntentState.DONE, IntentState.REFUSED), done_at__lt=before)
    over.exclude(kind=Deed.CUSTOMER).delete()
