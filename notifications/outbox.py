"""The outbox's verbs: put, claim, send, give up, requeue.

A message is put in the transaction of its change, claimed with a lease, and sent at least once: a worker that dies
between sending and saying so lets the lease run out, and the message goes out again, under the same Message-ID. A claim
counts as a try before anything is tried, so a message that kills its worker comes to an end as well.
"""

import logging
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from notifications.channels import DELIVER
from notifications.failure import DeliveryError, NotNow
from notifications.kinds import KINDS
from notifications.models import Channel, DeliveryHour, OutboxMessage, Outcome, Priority
from notifications.models.outbox import OutboxQuerySet
from notifications.nudge import nudge
from notifications.sms import caps
from vault.errors import VaultError

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
# The notes of messages that were done without sending them.
WITHDRAWN = "withdrawn"  # there was nothing to say any more
SUMMARIZED = "summarized"  # an item of a daily summary says it
_BATCH = 50
_REPEATS, _REPEAT_WINDOW = 5, timedelta(hours=1)
_FIRST_RETRY, _LONGEST_RETRY = 5.0, 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to try a message once, until the lease ends."""

    id: UUID
    attempt: int
    is_urgent: bool


def put(
    kind: str,
    subject_id: UUID,
    *,
    recipient_id: UUID,
    channel: Channel = Channel.EMAIL,
    key: str | None = None,
    source: str = "",
) -> OutboxMessage:
    """Write a message that goes out soon after the surrounding transaction commits.

    Of messages with one key the first is written and returned each time, as long as it is kept. `source` says who
    asked for a text, as `caps.source_of` names them; who asks too often gets a message that is given up already.
    """
    # Events for webhooks have kinds of their own, and one priority.
    priority = Priority.NOTICE if channel == Channel.WEBHOOK else KINDS[kind].priority
    told = {"kind": kind, "channel": channel, "priority": priority, "subject_id": subject_id}
    if key is None:
        message, is_new = OutboxMessage.objects.create(recipient_id=recipient_id, **told), True
    else:
        message, is_new = OutboxMessage.objects.get_or_create(key=key, defaults={"recipient_id": recipient_id, **told})
    if is_new and source and channel == Channel.SMS and not caps.admits_source(source):
        _give_up(message, caps.CAPPED)
    elif is_new:
        transaction.on_commit(nudge, robust=True)
    return message


def put_many(messages: Iterable[OutboxMessage]) -> int:
    """Write messages as `put` does, in few statements; of those with one key the first. Return how many came."""
    # In one order, so that two who use the same keys at the same moment cannot block each other.
    wanted = sorted(messages, key=lambda message: message.key or "")
    OutboxMessage.objects.bulk_create(wanted, batch_size=_BATCH * 10, ignore_conflicts=True)
    if wanted:
        transaction.on_commit(nudge, robust=True)
    return len(wanted)


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
        spent = [message for message in found if message.attempts >= MAX_ATTEMPTS]
        claimed = [message for message in found if message.attempts < MAX_ATTEMPTS]
        for message in claimed:
            message.attempts, message.run_at = message.attempts + 1, now + settings.OUTBOX_LEASE
        OutboxMessage.objects.bulk_update(claimed, ["attempts", "run_at"])
        # Always in the same order: two relays that count in the same rows then cannot deadlock.
        for message in sorted(spent, key=lambda message: (message.kind, message.channel, message.error)):
            _give_up(message, message.error or "worker-lost")
    return [Claim(message.pk, message.attempts, message.is_urgent) for message in claimed]


def release(claims: Iterable[Claim]) -> None:
    """Give claims back that nobody took up, as if they had not been made."""
    now = timezone.now()
    for claim in claims:
        held = OutboxMessage.objects.open().filter(pk=claim.id, attempts=claim.attempt, tried__lt=claim.attempt)
        held.update(attempts=claim.attempt - 1, run_at=now)


def send(message_id: UUID, attempt: int) -> bool:
    """Compose and deliver one claimed message.

    False if the claim was used already, and if the message waits for another try or was given up.
    """
    if not OutboxMessage.objects.filter(pk=message_id).take(attempt):
        return False
    message = OutboxMessage.objects.get(pk=message_id)
    try:
        outcome = _try(message)
    except NotNow as quiet:
        OutboxMessage.objects.filter(pk=message_id).update(
            attempts=attempt - 1, tried=attempt - 1, run_at=quiet.until, due_at=quiet.until
        )
        return False
    if isinstance(outcome, DeliveryError):
        _retry_or_give_up(message, outcome)
        return False
    with transaction.atomic():
        now = timezone.now()
        note = WITHDRAWN if outcome is Outcome.UNNEEDED else ""
        OutboxMessage.objects.filter(pk=message_id).update(sent_at=now, error=note)
        _count(message, outcome, now)
    return True


def requeue(messages: OutboxQuerySet) -> int:
    """Let those of the messages that were given up try again from the start; return how many."""
    return repeat(messages.dead())


def repeat(messages: OutboxQuerySet) -> int:
    """Send those of the messages again that were sent or given up, under their ids; return how many."""
    over = messages.exclude(sent_at=None, failed_at=None)
    now = timezone.now()
    again = over.update(sent_at=None, failed_at=None, attempts=0, tried=0, error="", due_at=now, run_at=now)
    if again:
        transaction.on_commit(nudge, robust=True)
    return again


def _try(message: OutboxMessage) -> Outcome | DeliveryError:
    """Deliver a message, if there is still something to say; return how that ended."""
    try:
        return Outcome.SENT if DELIVER[message.channel](message) else Outcome.UNNEEDED
    except NotNow:
        raise
    except DeliveryError as error:
        return error
    except VaultError as error:
        return DeliveryError(error.code, permanent=error.permanent)
    except Exception as error:  # a mistake of ours must not cost the message
        logger.error("notice %s failed: %s", message.pk, type(error).__name__)
        return DeliveryError("failed", permanent=False)


def _retry_or_give_up(message: OutboxMessage, error: DeliveryError) -> None:
    if error.permanent or message.attempts >= MAX_ATTEMPTS:
        _give_up(message, error.code)
        return
    wait = min(_FIRST_RETRY * 4 ** (message.attempts - 1), _LONGEST_RETRY)
    message.run_at = timezone.now() + timedelta(seconds=wait * random.uniform(0.8, 1.2))  # noqa: S311
    message.error = error.code
    with transaction.atomic():
        message.save(update_fields=["error", "run_at"])
        _count(message, Outcome.RETRIED, timezone.now(), error.code)


def _give_up(message: OutboxMessage, code: str) -> None:
    message.failed_at, message.error = timezone.now(), code
    with transaction.atomic():
        message.save(update_fields=["failed_at", "error"])
        _count(message, Outcome.GIVEN_UP, message.failed_at, code)
    logger.error("notice %s given up after %d tries: %s", message.pk, message.attempts, code)


def _count(message: OutboxMessage, outcome: Outcome, at: datetime, code: str = "") -> None:
    """Count a try where the pages for operators read; last in its transaction, because others wait for the row."""
    DeliveryHour.objects.add(
        at=at, kind=message.kind, channel=message.channel, outcome=outcome, code=code, latency=at - message.due_at
    )
