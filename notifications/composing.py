"""Composing: from a message of the outbox to its words, in its recipient's language and time zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from notifications import preferences, recipients
from notifications.kinds import KINDS, Kind
from notifications.models import Channel, OutboxMessage
from notifications.notices import notice_of
from notifications.recipients import Recipient
from notifications.wording import Wording


@dataclass(frozen=True, slots=True, repr=False)
class Composed:
    to: Recipient
    kind: Kind
    wording: Wording


def compose(message: OutboxMessage) -> Composed | None:
    """Return what to send; None when there is nobody, nobody who agreed to it, or nothing to say any more."""
    to = recipients.get(message.recipient_id)
    kind = KINDS[message.kind]
    if to is None or to.question not in {"", kind.name}:
        return None
    if not preferences.wants(to.pk, kind, Channel(message.channel)):
        return None
    with speaking_to(to):
        facts = notice_of(message.kind)(message.subject_id, to)
        wording = None if facts is None else kind.word(**facts)
    # Read again once a secret is made: one made after a change of address never goes to the former one.
    now = recipients.find([to.pk]).get(to.pk) if kind.secret else to
    return Composed(now, kind, wording) if now and wording else None


@contextmanager
def speaking_to(to: Recipient) -> Iterator[None]:
    """Speak a recipient's language and tell their time."""
    with translation.override(to.language), timezone.override(ZoneInfo(to.time_zone)):
        yield
