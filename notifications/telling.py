"""Telling people something: one message to each recipient and channel that they chose, or an item of their summary."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from notifications import outbox, preferences, recipients
from notifications.kinds import KINDS, Kind
from notifications.kinds.summary import SUMMARY
from notifications.models import Channel, Choice, DigestItem, OutboxMessage

_BATCH = 1000  # recipients in memory at once
_AT, _MARGIN = time(8), timedelta(minutes=5)  # no summary is joined that is about to go


def tell(kind_name: str, subject_id: UUID, to: Iterable[UUID], *, key: str = "") -> int:
    """Write messages into the surrounding transaction; they go out only if it commits. Return how many.

    With a `key` each of the recipients is told once, by whichever way, however often it is called.
    """
    kind, people = KINDS[kind_name], sorted(set(to))
    batches = (people[n : n + _BATCH] for n in range(0, len(people), _BATCH))
    with transaction.atomic():
        return sum(_tell(kind, subject_id, batch, key) for batch in batches)


def _tell(kind: Kind, subject_id: UUID, to: list[UUID], key: str) -> int:
    routes = preferences.of_recipients(kind, to)
    chosen = [
        (choice, _message(kind, subject_id, recipient_id, channel, key))
        for recipient_id, channels in routes.items()
        for channel, choice in channels.items()
    ]
    now = [message for choice, message in chosen if choice == Choice.NOW]
    daily = _not_told([message for choice, message in chosen if choice == Choice.DAILY])
    return outbox.put_many([*now, *daily, *_summaries(daily)])


def next_summary(now: datetime, time_zone: str) -> datetime:
    """Return when the summary goes that something of this moment is part of: at eight, where the recipient is."""
    soonest, zone = (now + _MARGIN).astimezone(UTC), ZoneInfo(time_zone)
    today = soonest.astimezone(zone).date()
    days = (today + timedelta(days=days) for days in range(3))
    return next(at for day in days if (at := datetime.combine(day, _AT, zone).astimezone(UTC)) > soonest)


def _message(kind: Kind, subject_id: UUID, recipient_id: UUID, channel: Channel, key: str) -> OutboxMessage:
    return OutboxMessage(
        kind=kind.name,
        channel=channel,
        priority=kind.priority,
        subject_id=subject_id,
        recipient_id=recipient_id,
        key=f"{key}:{recipient_id}:{channel}" if key else None,
    )


def _not_told(messages: list[OutboxMessage]) -> list[OutboxMessage]:
    """Return the messages whose key was not used yet."""
    keys = [message.key for message in messages if message.key]
    used = set(OutboxMessage.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    return [message for message in messages if message.key not in used]


def _summaries(daily: list[OutboxMessage]) -> list[OutboxMessage]:
    """Enter these messages into each recipient's next summary, instead of sending them alone.

    Return the messages of those summaries, new or not.
    """
    found = recipients.find([message.recipient_id for message in daily]) if daily else {}
    now, summaries, items = timezone.now(), [], []
    for message in daily:
        message.sent_at, message.error = now, outbox.SUMMARIZED
        if to := found.get(message.recipient_id):
            summary = _summary(message.recipient_id, next_summary(now, to.time_zone))
            items.append(DigestItem(digest_id=summary.subject_id, kind=message.kind, subject_id=message.subject_id))
            summaries.append(summary)
    # In one order, so that two who enter items at the same moment cannot block each other.
    DigestItem.objects.bulk_create(sorted(items, key=lambda item: item.digest_id), ignore_conflicts=True)
    return summaries


def _summary(recipient_id: UUID, at: datetime) -> OutboxMessage:
    # Named by the moment and not the day: who moves to another time zone may have two of them in one day.
    moment = at.isoformat()
    message = _message(KINDS[SUMMARY], uuid5(recipient_id, moment), recipient_id, Channel.EMAIL, f"{SUMMARY}:{moment}")
    message.run_at = message.due_at = at
    return message
