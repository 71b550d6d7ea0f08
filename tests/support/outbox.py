"""Sending in tests what the outbox holds."""

from datetime import timedelta

from django.utils import timezone

from notifications import outbox


def send_all() -> None:
    """Claim what waits, whenever it is due, and try it."""
    for claim in outbox.claim_due(timezone.now() + timedelta(days=1)):
        outbox.send(claim.id, claim.attempt)
