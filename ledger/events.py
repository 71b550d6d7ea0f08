"""Audit events: written in the transaction of the change, and given their leaf in the log soon after."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from django.db import IntegrityError, transaction

from ledger.actor import Actor, ActorKind
from ledger.append import append_leaves
from ledger.ids import INSTALLATION
from ledger.leaves import Entry, Member, Plain
from ledger.models import Action, AuditEvent, LeafBody, LeafType, PendingEvent
from ledger.pen import Pen

Value: TypeAlias = Plain | Sequence[str]

_BATCH = 200
_LONGEST = 200  # characters; what record_event writes is shorter
_LARGEST = 1 << 63
_MOST_MEMBERS = 20


def record_event(
    actor: Actor, action: Action, *, target: object, organization_id: UUID | None = None, **payload: str | int | None
) -> AuditEvent:
    """Write one audit event; refuses to stand outside a transaction, where it could survive without its change."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An audit event belongs into the transaction of its change.")
    event = AuditEvent.objects.create(
        actor=str(actor), action=action, target=str(target), organization_id=organization_id, payload=payload
    )
    PendingEvent.objects.create(event=event)
    return event


def changes(before: Mapping[str, Value], after: Mapping[str, Value]) -> dict[str, Plain]:
    """Return the payload of a change: of each value that differs what it was and is, of a list what went and came.

    Nothing personal belongs into it. Empty if nothing differs.
    """
    payload: dict[str, Plain] = {}
    for name, new in after.items():
        old = before.get(name)
        if old == new:
            continue
        if isinstance(old, str | int | None) and isinstance(new, str | int | None):
            payload |= {f"before_{name}": old, f"after_{name}": new}
        else:
            was, now = _items(old), _items(new)
            payload[f"removed_{name}"] = listed(each for each in was if each not in now)
            payload[f"added_{name}"] = listed(each for each in now if each not in was)
    return payload


def listed(values: Iterable[str]) -> str:
    """Return a list as a payload holds it: whole items, and how many more there are where they do not all fit."""
    items = list(values)
    kept = len(items)
    while len(text := _listed(items, kept)) > _LONGEST:
        kept -= 1
    return text


def _items(value: Value) -> list[str]:
    if value is None:
        return []
    return [str(value)] if isinstance(value, str | int) else list(value)


def _listed(items: list[str], kept: int) -> str:
    more = len(items) - kept
    return ", ".join([*items[:kept], *([f"and {more} more"] if more else [])])


def pending_entries() -> list[Entry]:
    """Return a batch of events without a leaf, oldest first, as entries of the log."""
    pending = PendingEvent.objects.select_related("event").order_by("event_id")[:_BATCH]
    return [entry_of(each.event) for each in pending]


def append_events(entries: list[Entry], pen: Pen) -> None:
    """Give each event its leaf, once however often it is asked for."""
    try:
        append_leaves(_without_leaf(entries), pen=pen)
    except IntegrityError:  # somebody else appended some of them at the same moment
        append_leaves(_without_leaf(entries), pen=pen)


def settle_events(entries: list[Entry]) -> None:
    """Note that these events have their leaves."""
    PendingEvent.objects.filter(event_id__in=[entry.event for entry in entries]).delete()


def entry_of(event: AuditEvent) -> Entry:
    """Return the leaf that an event is given."""
    more: dict[str, Member] = {"action": _text(event.action), "target": _text(event.target)}
    more |= {"payload": _payload(event.payload), "changed": event.at.isoformat()}
    return Entry(_tenant(event), LeafType.EVENT, _text(event.actor), event=event.pk, more=more)


def _tenant(event: AuditEvent) -> UUID:
    """Return whose event it is: the organization's, else the acting user's, else the installation's."""
    kind, _, actor_id = event.actor.partition(":")
    try:
        return event.organization_id or (UUID(actor_id) if kind == ActorKind.USER else INSTALLATION)
    except ValueError:
        return INSTALLATION


# Whoever writes to the console's database can write events, too. Theirs are recorded like any other, but none keeps
# those behind it waiting, and none puts into a chain what no verifier reads.


def _payload(payload: object) -> dict[str, Plain]:
    """Return a payload in the values that record_event takes; any other one as text."""
    members = payload if isinstance(payload, dict) else {"payload": payload}
    return {_text(name): _plain(value) for name, value in list(members.items())[:_MOST_MEMBERS]}


def _plain(value: object) -> Plain:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST):
        return value
    return _text(value)


def _text(value: object) -> str:
    return str(value)[:_LONGEST].encode(errors="replace").decode()


def _without_leaf(entries: list[Entry]) -> list[Entry]:
    ids = [entry.event for entry in entries]
    done = set(LeafBody.objects.filter(event__in=ids).values_list("event", flat=True))
    return [entry for entry in entries if entry.event not in done]


def at_of(event_id: UUID) -> datetime:
    """Return when something happened."""
    return AuditEvent.objects.only("at").get(pk=event_id).at
