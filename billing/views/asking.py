"""How often one person may have the payment provider asked: all customers share what it takes of us in a second."""

from django.utils import timezone

from billing.rail.errors import RailError
from billing.views.access import Payer
from notifications.models import WindowCount

A_MINUTE = 30


def count_question(payer: Payer) -> None:
    """Count one more page that asks; RailError, as if the provider were away, if there were too many in this minute."""
    start = timezone.now().replace(second=0, microsecond=0)
    key = str(payer.acting.user.pk)
    if not WindowCount.objects.add_below(A_MINUTE, scope="asks-stripe-minute", key=key, start=start):
        raise RailError("The payment provider is asked too often.", "too-many", permanent=False)
