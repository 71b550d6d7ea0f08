"""Telling people of credit that will expire, once for each lot, while there is time to use it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing.audience import audience_of
from billing.models import CreditLot
from catalog.money import CENT
from notifications.telling import tell

AHEAD = timedelta(days=7)


def warn_of_expiry(now: datetime | None = None) -> int:
    """Tell whom it concerns, and return of how many lots; less than a cent is not worth a letter."""
    now = now or timezone.now()
    soon = CreditLot.objects.spendable().filter(
        warned_at=None, remaining__gte=CENT, expires_at__gt=now, expires_at__lte=now + AHEAD
    )
    return sum(_told(*each, now) for each in list(soon.order_by("pk").values_list("pk", "organization_id")))


def _told(lot_id: UUID, organization_id: UUID, now: datetime) -> bool:
    to = audience_of(organization_id)
    with transaction.atomic():
        # Two who look at once: one of them tells.
        is_mine = bool(CreditLot.objects.filter(pk=lot_id, warned_at=None).update(warned_at=now))
        if is_mine:
            tell("credit-expiring", lot_id, to, key=f"credit-expiring:{lot_id}")
    return is_mine
