"""Retention: how long messages that are over stay in the outbox, and how long their counts do."""

from datetime import datetime, timedelta

from django.conf import settings

from notifications.models import DeliveryHour, OutboxMessage

HOURS_KEPT = timedelta(days=397)  # thirteen months: a year can be compared with the one before
_BATCH = 500


def purge(now: datetime) -> int:
    """Delete messages and counts whose time is over, in small batches; return how many messages."""
    DeliveryHour.objects.filter(hour__lt=now - HOURS_KEPT).delete()
    over, purged = OutboxMessage.objects.over_before(now - settings.OUTBOX_KEPT), 0
    while ids := list(over.order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        # Asked again: one that was requeued a moment ago is not over any more.
        purged += over.filter(pk__in=ids).delete()[0]
    return purged
