"""The outbox's verbs: put, claim, send, give up.

A message is put in the transaction of its change, claimed with a lease, and sent at least once: a worker that dies
between sending and saying so lets the lease run out, and the message goes out again.
"""

import logging
import random
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from notifications.email import DeliveryError, deliver
from notifications.models import OutboxMessage
from notifications.notices import composer

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 8
_BATCH = 50
_REPEATS, _REPEAT_WINDOW = 5, timedelta(hours=1)
_FIRST_RETRY, _LONGEST_RETRY = 5.0, 3600.0  # seconds


def put(kind: str, subject_id: UUID) -> OutboxMessage:
    """Write a message that goes out soon after the surrounding transaction commits."""
    composer(kind)
    message = OutboxMessage.objects.create(kind=kind, subject_id=subject_id)
    transaction.on_commit(_nudge, robust=True)
    return message


def may_repeat(kind: str, subject_id: UUID) -> bool:
    """Tell whether this message may be asked for again: a stranger must not be able to flood a mailbox."""
    since = timezone.now() - _REPEAT_WINDOW
    return OutboxMessage.objects.filter(kind=kind, subject_id=subject_id, created_at__gt=since).count() < _REPEATS


def cancel(subject_id: UUID) -> None:
    """Delete what waits to be told about a row: it is going away."""
    OutboxMessage.objects.filter(subject_id=subject_id, sent_at=None).delete()


def claim_due(now: datetime) -> list[UUID]:
    """Lease the due messages to the caller and return their ids; two relays never get the same."""
    with transaction.atomic():
        due = OutboxMessage.objects.due(now).order_by("run_at")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[:_BATCH])
        OutboxMessage.objects.filter(pk__in=ids).update(run_at=now + LEASE)
    return ids


def send(message_id: UUID) -> bool:
    """Compose and deliver one message; False if it waits for another try or was given up."""
    message = OutboxMessage.objects.filter(pk=message_id, sent_at=None, failed_at=None).first()
    if message is None:
        return False
    try:
        letter = composer(message.kind)(message.subject_id)
        if letter is not None:
            deliver(letter)
    except DeliveryError as error:
        _retry_or_give_up(message, error)
        return False
    OutboxMessage.objects.filter(pk=message_id).update(sent_at=timezone.now(), error="")
    return True


def _retry_or_give_up(message: OutboxMessage, error: DeliveryError) -> None:
    now = timezone.now()
    message.attempts += 1
    message.error = error.code
    if error.permanent or message.attempts >= MAX_ATTEMPTS:
        message.failed_at = now
        logger.error("notice %s given up after %d tries: %s", message.pk, message.attempts, error.code)
    else:
        wait = min(_FIRST_RETRY * 4 ** (message.attempts - 1), _LONGEST_RETRY)
        message.run_at = now + timedelta(seconds=wait * random.uniform(0.8, 1.2))  # noqa: S311
    message.save(update_fields=["attempts", "error", "failed_at", "run_at"])


def _nudge() -> None:
    """Ask a worker to look now. Only a shortcut: beat relays every two seconds anyway."""
    from notifications.tasks import relay_outbox

    try:
        relay_outbox.apply_async(retry=False, expires=30)
    except Exception as error:  # any broker's own error: the message is safe in the outbox
        logger.warning("broker not reached (%s); the relay will find the message", type(error).__name__)
