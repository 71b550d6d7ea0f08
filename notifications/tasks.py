"""The worker's part: relaying the outbox, and sending. Messages in the broker carry ids and numbers."""

from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from notifications import outbox, retention, summary, windows
from notifications.models import Heartbeat
from notifications.outbox import Claim
from notifications.webhooks import actions as webhooks

_ROUNDS = 20  # of claims, so that a long outbox does not wait for the next turn after each
_MOST_TOGETHER, _SHARED = 10, 5  # messages a task at most, and tasks of few messages at least


@shared_task(name="notifications.relay_outbox")
def relay_outbox() -> None:
    """Hand due messages to the workers; what the broker does not take is given back to the outbox."""
    Heartbeat.objects.update_or_create(part="worker", defaults={"at": timezone.now()})
    for _ in range(_ROUNDS):
        if not (claims := outbox.claim_due(timezone.now())):
            return
        _hand_over(claims)


@shared_task(name="notifications.send_messages")
def send_messages(tries: list[tuple[str, int]]) -> None:
    outbox.send_all([(UUID(message_id), attempt) for message_id, attempt in tries])


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
    waiting = list(batches(claims))
    try:
        while waiting:
            queue = f"{settings.QUEUE_PREFIX}.{'urgent' if waiting[0][0].is_urgent else 'default'}"
            tries = [(str(claim.id), claim.attempt) for claim in waiting[0]]
            send_messages.apply_async((tries,), queue=queue, confirm_timeout=1.0)
            waiting.pop(0)
    finally:
        outbox.release(claim.id for batch in waiting for claim in batch)


def batches(claims: list[Claim]) -> Iterator[list[Claim]]:
    """Yield what one task sends: few messages each alone, so that workers share them; many ten at a time.

    What was tried before goes alone: who kills its worker takes nobody with it.
    """
    size = min(_MOST_TOGETHER, 1 + len(claims) // _SHARED)
    for _, group in groupby(claims, key=lambda claim: (claim.is_urgent, claim.attempt > 1)):
        together = list(group)
        step = 1 if together[0].attempt > 1 else size
        yield from (together[n : n + step] for n in range(0, len(together), step))
