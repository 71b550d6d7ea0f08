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
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from notifications import post, recipients
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
WITHDRAWN = "withdrawn"  # there was nothing to say any more
SUMMARIZED = "summarized"  # an item of a daily summary says it
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


class Done(NamedTuple):
    """A message that needs no further try, and how that came."""

    message: OutboxMessage
    outcome: Outcome
    at: datetime


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
    """Write messages as `put` does, in few statements; of those with one key the first. Return how many came.

    They may come from a generator: no more than a batch of them is in memory. Those with keys must come in an order of
    their keys, so that two who use the same keys at the same moment cannot block each other.
    """
    count, waiting = 0, iter(messages)
    with transaction.atomic():
        while batch := sorted(islice(waiting, _WRITTEN), key=lambda message: message.key or ""):
            OutboxMessage.objects.bulk_create(batch, ignore_conflicts=any(message.key for message in batch))
            count += len(batch)
        if count:
            transaction.on_commit(nudge, robust=True)
    return count


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
        spent = [message for message in found if message.tried >= MAX_ATTEMPTS]
        claimed = [message for message in found if message.tried < MAX_ATTEMPTS]
        OutboxMessage.objects.filter(pk__in=[message.pk for message in claimed]).claim(now)
        # Always in the same order: two relays that count in the same rows then cannot deadlock.
        for message in sorted(spent, key=lambda message: (message.kind, message.channel, message.error)):
            _give_up(message, message.error or "worker-lost")
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
    done: Done | None = None  # is marked together with the next one's taking
    with post.kept_connection(), recipients.looked_up({each.recipient_id for each in messages.values()}):
        try:
            while waiting and time.monotonic() - began < _TURN:
                message_id, attempt = waiting.pop(0)
                taken = _take(message_id, attempt, done)
                done = _send(messages[message_id], attempt) if taken else None
                sent += done is not None
        finally:
            if done:
                with transaction.atomic():
                    _finish(done)
    if waiting:
        release(message_id for message_id, _ in waiting)
    return sent


def _take(message_id: UUID, attempt: int, done: Done | None) -> bool:
    """Take the one try that a claim allows, and mark the message before: one flush of the disk for both."""
    with transaction.atomic():
        taken = OutboxMessage.objects.take(message_id, attempt)
        if done:
            _finish(done)
    return taken


def _send(message: OutboxMessage, attempt: int) -> Done | None:
    """Try a message; None if it waits for another try, or was given up."""
    message.attempts = attempt
    try:
        outcome = _try(message)
    except NotNow as quiet:
        untried = {"attempts": attempt - 1, "tried": attempt - 1}  # as if it had not been claimed
        OutboxMessage.objects.filter(pk=message.pk).update(**untried, run_at=quiet.until, due_at=quiet.until)
        return None
    if isinstance(outcome, DeliveryError):
        _retry_or_give_up(message, outcome)
        return None
    return Done(message, outcome, timezone.now())


def _finish(done: Done) -> None:
    OutboxMessage.objects.mark_sent(done.message.pk, done.at, WITHDRAWN if done.outcome is Outcome.UNNEEDED else "")
    _count(done.message, done.outcome, done.at)


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
