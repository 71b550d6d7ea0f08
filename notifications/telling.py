"""Telling people something: one message to each recipient and channel that they chose, or an item of their summary."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils import timezone

from notifications import outbox, preferences, recipients
from notifications.kinds import KINDS, Kind
from notifications.kinds.summary import SUMMARY
from notifications.models import Channel, Choice, DigestItem, OutboxMessage

_AT, _MARGIN = 8, timedelta(minutes=5)  # o'clock; and no summary is joined that is about to go


def tell(kind_name: str, subject_id: UUID, to: Iterable[UUID], *, key: str = "") -> int:
    """Write messages into the surrounding transaction; they go out only if it commits. Return how many.

    With a `key` each of the recipients is told once, however often it is called.
    """
    kind = KINDS[kind_name]
    routes = preferences.of_recipients(kind, list(dict.fromkeys(to)))
    waiting = [recipient_id for recipient_id, channels in routes.items() if Choice.DAILY in channels.values()]
    now = [
        _message(kind, subject_id, recipient_id, channel, key)
        for recipient_id, channels in routes.items()
        for channel, choice in channels.items()
        if choice == Choice.NOW
    ]
    return outbox.put_many([*now, *_summaries(kind, subject_id, waiting)])


def next_summary(now: datetime, time_zone: str) -> datetime:
    """Return when the summary goes that something of this moment is part of: at eight, where the recipient is."""
    local = (now + _MARGIN).astimezone(ZoneInfo(time_zone))
    day = local.date() if local.hour < _AT else local.date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, _AT, tzinfo=local.tzinfo)


def _message(kind: Kind, subject_id: UUID, recipient_id: UUID, channel: Channel, key: str) -> OutboxMessage:
    return OutboxMessage(
        kind=kind.name,
        channel=channel,
        priority=kind.priority,
        subject_id=subject_id,
        recipient_id=recipient_id,
        key=f"{key}:{recipient_id}:{channel}" if key else None,
    )


def _summaries(kind: Kind, subject_id: UUID, ids: list[UUID]) -> list[OutboxMessage]:
    """Enter an item into each recipient's next summary; return the messages of those summaries, new or not."""
    found, now = recipients.find(ids) if ids else {}, timezone.now()
    messages, items = [], []
    for recipient_id, recipient in found.items():
        at = next_summary(now, recipient.time_zone)
        digest_id = uuid5(recipient_id, at.date().isoformat())
        items.append(DigestItem(digest_id=digest_id, kind=kind.name, subject_id=subject_id))
        message = _message(KINDS[SUMMARY], digest_id, recipient_id, Channel.EMAIL, SUMMARY + f":{at.date()}")
        message.run_at = at
        messages.append(message)
    DigestItem.objects.bulk_create(items, ignore_conflicts=True)
    return messages
