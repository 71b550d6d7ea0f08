"""How often one asker may have Stripe asked: all customers share what it takes of us in a second."""

from uuid import UUID

from django.utils import timezone

from notifications.models import WindowCount

A_MINUTE = 30


def count_question(asker: UUID) -> bool:
    """Count one more question of a person, or of an organization's programs; False if it is one too many."""
    start = timezone.now().replace(second=0, microsecond=0)
    return bool(WindowCount.objects.add_below(A_MINUTE, scope="asks-stripe-minute", key=str(asker), start=start))
