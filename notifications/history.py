"""The history of somebody's messages: what went to them, when, and which sealed field was opened for it.

No body, address or number is in it, for none is kept. What was opened comes from the ledger and not from the outbox.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from ledger.queries import openings_for_messages
from notifications import outbox
from notifications.kinds import KINDS
from notifications.models import OutboxMessage
from notifications.reasons import reason
from vault.purposes import Purpose

_PURPOSES = (Purpose.EMAIL_NOTIFICATION.value, Purpose.SMS.value)
_SKEW = timedelta(minutes=5)  # by which clocks may differ
Opened = Mapping[str, int]  # how often by field, app.Model.field


class State(StrEnum):
    SENT = "sent"
    SUMMARIZED = "summarized"
    WAITING = "waiting"
    RETRYING = "retrying"
    GIVEN_UP = "given-up"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Told:
    """One message. `at` is when its state began, or when it goes next; None for what goes any moment."""

    title: str
    channel: str
    put_at: datetime
    state: State
    at: datetime | None
    reason: str  # in plain words, of what did not go out
    opened: Opened


def of_recipient(recipient_id: UUID, channel: str = "") -> QuerySet[OutboxMessage]:
    """Return what was put for somebody, the newest first."""
    found = OutboxMessage.objects.filter(recipient_id=recipient_id, **({"channel": channel} if channel else {}))
    return found.order_by("-created_at", "-pk")


def read(messages: Sequence[OutboxMessage], tenant: UUID) -> list[Told]:
    """Return messages as their recipient may read them; `tenant` is whose chain the openings stand in."""
    opened = _opened(messages, tenant)
    return [_told(message, opened.get(str(message.pk), {})) for message in messages]


def _told(message: OutboxMessage, opened: Opened) -> Told:
    kind, (state, at) = KINDS.get(message.kind), _state(message, timezone.now())
    failed = state in {State.RETRYING, State.GIVEN_UP}
    return Told(
        title=str(kind.title) if kind else message.kind.replace("-", " ").capitalize(),
        channel=message.channel,
        put_at=message.created_at,
        state=state,
        at=at,
        reason=reason(message.channel, message.error) if failed else "",
        opened=opened,
    )


def _state(message: OutboxMessage, now: datetime) -> tuple[State, datetime | None]:
    if message.sent_at:
        ends = {outbox.WITHDRAWN: State.WITHDRAWN, outbox.SUMMARIZED: State.SUMMARIZED}
        return ends.get(message.error, State.SENT), message.sent_at
    if message.failed_at:
        return State.GIVEN_UP, message.failed_at
    # While a worker has it, it goes any moment: its time is then the end of the lease.
    in_hand = message.attempts > message.tried or (message.attempts and not message.error)
    later = message.run_at if message.run_at > now and not in_hand else None
    return (State.RETRYING if message.error else State.WAITING), later


def _opened(messages: Iterable[OutboxMessage], tenant: UUID) -> dict[str, Counter[str]]:
    """Return what the ledger says was opened for each of the messages, in one query."""
    spans = [(message.created_at, message.sent_at or message.failed_at or timezone.now()) for message in messages]
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    if spans:
        start, end = min(start for start, _ in spans) - _SKEW, max(end for _, end in spans) + _SKEW
        for opening in openings_for_messages(tenant, _PURPOSES, start, end):
            found[opening.message].update(opening.fields)
    return dict(found)
