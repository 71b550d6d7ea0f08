"""How long it is kept what keys did, by network."""

from datetime import timedelta

from django.utils import timezone

from keys.models import KeyUse

KEPT = timedelta(days=90)


def purge() -> int:
    """Forget what keys did longer ago; return how many rows there were."""
    over = KeyUse.objects.filter(hour__lt=timezone.now() - KEPT)
    return over.delete()[0]
