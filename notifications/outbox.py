"""The outbox's verbs: put, claim, send, give up, requeue.

A message is put in the transaction of its change, claimed with a lease, and sent at least once: a worker that dies
between sending and saying so lets the lease run out, and the message goes out again, under the same Message-ID. A try
counts from when a worker takes it up, before anything is done: a message that kills its worker comes to an end as well,
and one that only waits in a broker, for however many leases, loses nothing.
"""

import logging
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from notifications import post
from notifications.channels import DELIVER
from notifications.failure import DeliveryError
from notifications.models import Channel, OutboxMessage
from notifications.models.outbox import OutboxQuerySet
from notifications.notices import kind_of
from notifications.nudge import nudge
from notifications.sms import caps
from vault.errors import VaultError

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
_BATCH = 50
_WRITTEN = 500  # messages a statement
_TURN = 4.0  # seconds that a batch may begin to send messages; a worker that shall stop has 8
_REPEATS, _REPEAT_WINDOW = 5, timedelta(hours=1)
_FIRST_RETRY, _LONGEST_RETRY = 5.0, 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to try a message once, until the lease ends."""

    id: UUID
    attempt: int
    is_urgent: bool


def put(kind: str, subject_id: UUID, *, recipient_id: UUID, key: str | None = None, source: str = "") -> OutboxMessage:
    """Write a message that goes out soon after the surrounding transaction commits.

    Of messages with one key the first is written and returned each time. `source` says who asked for a text, as
    `caps.source_of` names them; who asks too often gets a message that is given up already.
    """
    known = kind_of(kind)
    told = {"kind": kind, "channel": known.channel, "priority": known.priority, "subject_id": subject_id}
    if key is None:
        message, is_new = OutboxMessage.objects.create(recipient_id=recipient_id, **told), True
    else:
        message, is_new = OutboxMessage.objects.get_or_create(key=key, defaults={"recipient_id": recipient_id, **told})
    if is_new and source and known.channel == Channel.SMS and not caps.admits_source(source):
        _give_up(message, caps.CAPPED)
    elif is_new:
        transaction.on_commit(nudge, robust=True)
    return message


def put_many(kind: str, told: Iterable[tuple[UUID, UUID]], *, key: str | None = None) -> None:
    """Write one message for each pair of a subject's and a recipient's id, as `put` does, in batches.

    The pairs may come from a generator: no more than a batch of them is in memory. With a key each recipient gets one
    message of that key, however often and in how many parts they are put.
    """
    known, pairs = kind_of(kind), iter(told)
    with transaction.atomic():
        while batch := list(islice(pairs, _WRITTEN)):
            OutboxMessage.objects.bulk_create(
                [
                    OutboxMessage(
                        kind=kind,
                        channel=known.channel,
                        priority=known.priority,
                        subject_id=subject_id,
                        recipient_id=recipient_id,
                        key=None if key is None else f"{key}:{recipient_id}",
                    )
                    for subject_id, recipient_id in batch
                ],
                ignore_conflicts=key is not None,
            )
        transaction.on_commit(nudge, robust=True)


def may_repeat(kind: str, subject_id: UUID) -> bool:
    """Tell whether this message may be asked for again: a stranger must not be able to flood a mailbox."""
    since = timezone.now() - _REPEAT_WINDOW
    return OutboxMessage.objects.filter(kind=kind, subject_id=subject_id, created_at__gt=since).count() < _REPEATS


def cancel(id: UUID) -> None:
    """Delete what waits to be told to somebody, or about a row: they are going away."""
    about = OutboxMessage.objects.filter(subject_id=id) | OutboxMessage.objects.filter(recipient_id=id)
    about.filter(sent_at=None).delete()


def claim_due(now: datetime) -> list[Claim]:
    """Lease due messages to the caller; two relays never get the same. What was tried too often is given up."""
    with transaction.atomic():
        due = OutboxMessage.objects.due(now)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        found = list(due[:_BATCH])
        for message in found:
            if message.tried >= MAX_ATTEMPTS:
                _give_up(message, message.error or "worker-lost")
        claimed = [message for message in found if message.failed_at is None]
        OutboxMessage.objects.filter(pk__in=[message.pk for message in claimed]).claim(now)
    return [Claim(message.pk, message.tried + 1, message.is_urgent) for message in claimed]


def release(ids: Iterable[UUID]) -> None:
    """Give claims back that nobody took up: they are due at once."""
    OutboxMessage.objects.open().filter(pk__in=list(ids), tried__lt=F("attempts")).update(run_at=timezone.now())


def send(message_id: UUID, attempt: int) -> bool:
    """Compose and deliver one claimed message.

    False if the claim was used already, and if the message waits for another try or was given up.
    """
    return send_all([(message_id, attempt)]) == 1


def send_all(tries: Sequence[tuple[UUID, int]]) -> int:
    """Compose and deliver claimed messages, one after the other over one connection; return how many went out.

    What does not get its turn within some seconds is given back, so that one slow server does not hold up many.
    """
    messages = OutboxMessage.objects.in_bulk([message_id for message_id, _ in tries])
    began, sent, waiting = time.monotonic(), 0, list(tries)
    unmarked: UUID | None = None  # went out, and is marked as sent together with the next one's taking
    with post.kept_connection():
        try:
            while waiting and time.monotonic() - began < _TURN:
                message_id, attempt = waiting.pop(0)
                taken = OutboxMessage.objects.take(message_id, attempt, sent=unmarked)
                unmarked = message_id if taken and _send(messages[message_id], attempt) else None
                sent += unmarked is not None
        finally:
            if unmarked:
                OutboxMessage.objects.mark_sent(unmarked)
    if waiting:
        release(message_id for message_id, _ in waiting)
    return sent


def _send(message: OutboxMessage, attempt: int) -> bool:
    message.attempts = attempt
    if failure := _try(message):
        _retry_or_give_up(message, failure)
        return False
    return True


def requeue(messages: OutboxQuerySet) -> int:
    """Let those of the messages that were given up try again from the start; return how many."""
    return repeat(messages.dead())


def repeat(messages: OutboxQuerySet) -> int:
    """Send those of the messages again that were sent or given up, under their ids; return how many."""
    over = messages.exclude(sent_at=None, failed_at=None)
    again = over.update(sent_at=None, failed_at=None, attempts=0, tried=0, error="", run_at=timezone.now())
    if again:
        transaction.on_commit(nudge, robust=True)
    return again


def _try(message: OutboxMessage) -> DeliveryError | None:
    """Compose and deliver a message, if there is still something to say; return what went wrong."""
    try:
        letter = kind_of(message.kind).compose(message.subject_id)
        if letter is not None:
            DELIVER[message.channel](letter, message.pk)
    except DeliveryError as error:
        return error
    except VaultError as error:
        return DeliveryError(error.code, permanent=error.permanent)
    except Exception as error:  # a mistake of ours must not cost the message
        logger.error("notice %s failed: %s", message.pk, type(error).__name__)
        return DeliveryError("failed", permanent=False)
    return None


def _retry_or_give_up(message: OutboxMessage, error: DeliveryError) -> None:
    if error.permanent or message.attempts >= MAX_ATTEMPTS:
        _give_up(message, error.code)
        return
    wait = min(_FIRST_RETRY * 4 ** (message.attempts - 1), _LONGEST_RETRY)
    message.run_at = timezone.now() + timedelta(seconds=wait * random.uniform(0.8, 1.2))  # noqa: S311
    message.error = error.code
    message.save(update_fields=["error", "run_at"])


def _give_up(message: OutboxMessage, code: str) -> None:
    message.failed_at, message.error = timezone.now(), code
    message.save(update_fields=["failed_at", "error"])
    logger.error("notice %s given up after %d tries: %s", message.pk, message.attempts, code)
