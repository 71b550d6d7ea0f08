"""Telling of credit that expires soon, once for each lot; by a task that runs every day."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Organization
from accounts.recipients import of_billing
from billing.models import CreditLot
from notifications.models import OutboxMessage
from notifications.telling import tell

KIND, AHEAD = "credit-expiring", timedelta(days=7)


def warn_of_expiry(now: datetime | None = None) -> int:
    """Tell of what expires within a week, and return of how many lots; who was told of one is not told again."""
    now = now or timezone.now()
    told = OutboxMessage.objects.filter(kind=KIND).values("subject_id")
    soon = CreditLot.objects.spendable().filter(expires_at__gt=now, expires_at__lte=now + AHEAD).exclude(pk__in=told)
    return sum(_told(lot) for lot in soon.order_by("organization_id", "id"))


def _told(lot: CreditLot) -> bool:
    organization = Organization.objects.filter(pk=lot.organization_id).first()
    to = of_billing(organization) if organization else []
    # The key is for two that look at once.
    return bool(tell(KIND, lot.pk, to, key=f"{KIND}:{lot.pk}"))
