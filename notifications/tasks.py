"""The worker's part: relaying the outbox, and sending. Messages in the broker carry an id and a number."""

from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from notifications import outbox, retention, summary, windows
from notifications.models import Heartbeat
from notifications.outbox import Claim
from notifications.webhooks import actions as webhooks

_ROUNDS = 20  # of claims, so that a long outbox does not wait for the next turn after each


@shared_task(name="notifications.relay_outbox")
def relay_outbox() -> None:
    """Hand due messages to the workers; what the broker does not take is given back to the outbox."""
    Heartbeat.objects.update_or_create(part="worker", defaults={"at": timezone.now()})
    for _ in range(_ROUNDS):
        if not (claims := outbox.claim_due(timezone.now())):
            return
        _hand_over(claims)


@shared_task(name="notifications.send_message")
def send_message(message_id: str, attempt: int) -> None:
    outbox.send(UUID(message_id), attempt)


@shared_task(name="notifications.purge_webhooks")
def purge_webhooks() -> None:
    webhooks.purge(timezone.now())


@shared_task(name="notifications.purge_windows")
def purge_windows() -> None:
    windows.purge(timezone.now())


@shared_task(name="notifications.purge_summaries")
def purge_summaries() -> None:
    summary.purge(timezone.now())


@shared_task(name="notifications.purge_messages")
def purge_messages() -> None:
    retention.purge(timezone.now())


def _hand_over(claims: list[Claim]) -> None:
    waiting = list(claims)
    try:
        while waiting:
            claim = waiting[0]
            queue = f"{settings.QUEUE_PREFIX}.{'urgent' if claim.is_urgent else 'default'}"
            send_message.apply_async((str(claim.id), claim.attempt), queue=queue, confirm_timeout=1.0)
            waiting.pop(0)
    finally:
        outbox.release(waiting)
