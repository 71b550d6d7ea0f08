"""Taking usage events: what is accepted is on disk before anybody is told so, and what is refused is named.

In a thread from beginning to end, so that a thousand events hold up no call.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec.structs import replace

from gateway.control import events
from gateway.control.events import Refused, Reported
from gateway.control.mistakes import mistake
from gateway.control.reservations import Reservations
from gateway.control.rooms import ControlRooms, fingerprint
from gateway.writer import Writer
from usage.calls import Call

if TYPE_CHECKING:
    from keys.control.standing import Place

_RECENT = 20_000  # calls that may not be in the database yet


class NotDurable(Exception):
    """The disk takes nothing: what was reported may be lost with this process."""


@dataclass(slots=True)
class Receipt:
    """What became of a request's events."""

    accepted: int = 0
    duplicates: int = 0  # of what counts already
    refused: dict[int, Refused] = field(default_factory=dict)  # by the place in the batch
    owners: dict[int, UUID] = field(default_factory=dict)  # the organizations of those whose key is known


class Intake:
    """Writes reported calls into the spool, from which they settle like the gateway's own."""

    def __init__(self, rooms: ControlRooms, writer: Writer, reservations: Reservations) -> None:
        self._reservations = reservations
        self._rooms = rooms
        self._writer = writer
        self._lock = threading.Lock()
        self._recent: OrderedDict[UUID, tuple[object, ...]] = OrderedDict()

    def take(
        self,
        raws: Sequence[msgspec.Raw],
        organization_id: UUID | None,
        loop: asyncio.AbstractEventLoop,
        *,
        now: datetime | None = None,
    ) -> Receipt:
        """Take events about keys of one organization, or of all; NotDurable or a database's error if they do not count.

        The loop is the one in which reservations end.
        """
        if not self._writer.healthy():
            raise NotDurable
        receipt, now = Receipt(), now or datetime.now(UTC)
        reported = _read(raws, now, receipt)
        calls = self._calls(reported, organization_id, receipt) if reported else {}
        holds = {index: each.event.data.hold for index, each in reported.items()}
        self._write(calls, holds, receipt, loop)
        for index, refused in receipt.refused.items():
            whose = receipt.owners.get(index, organization_id)
            self._writer.note_mistake(mistake(refused, whose, now, events.name_of(raws[index])[1]))
        return receipt

    def _calls(self, reported: dict[int, Reported], organization_id: UUID | None, receipt: Receipt) -> dict[int, Call]:
        secrets = {each.event.data.key for each in reported.values() if each.event.data.key is not None}
        ids = {each.event.data.key_id for each in reported.values() if each.event.data.key_id is not None}
        by_secret, by_id = self._rooms.places(secrets, ids, organization_id)
        models = self._rooms.models()
        calls: dict[int, Call] = {}
        for index, each in reported.items():
            data = each.event.data
            place: Place | None = by_id.get(data.key_id) if data.key_id else by_secret.get(data.key or "")
            if place is not None:
                receipt.owners[index] = place.organization_id
            if place is None:
                receipt.refused[index] = Refused("unknown_key", "There is no such key.")
            elif data.model not in models:
                receipt.refused[index] = Refused("unknown_model", "There is no such model.")
            else:
                calls[index] = events.call_of(
                    each,
                    organization_id=place.organization_id,
                    project_id=place.project_id,
                    key_id=place.key_id,
                    is_own=organization_id is not None,
                )
        return self._countable(calls, receipt)

    def _countable(self, calls: dict[int, Call], receipt: Receipt) -> dict[int, Call]:
        countable = self._rooms.countable(list(calls.values())) if calls else []
        for index, fine in zip(list(calls), countable, strict=True):
            if not fine:
                del calls[index]
                receipt.refused[index] = Refused("too_expensive", "What this costs is more than can be counted.")
        return calls

    def _write(
        self,
        calls: dict[int, Call],
        holds: Mapping[int, UUID | None],
        receipt: Receipt,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """Write what is new, and end the reservations of it."""
        recorded = self._rooms.recorded([call.id for call in calls.values()]) if calls else {}
        with self._lock:  # two reports of one event at once are one, and a different one is a conflict
            fresh = self._fresh(calls, recorded, receipt)
            for index, call in fresh.items():
                hold = holds[index]
                reserved = self._reservations.take_back(hold, call.key_id) if hold else None
                if reserved:
                    call = replace(call, holds=reserved.share.holds, held=reserved.share.amount)
                    loop.call_soon_threadsafe(reserved.settle, call.prompt_tokens + call.completion_tokens)
                self._writer.record(call)
            if not self._writer.healthy():
                for call in fresh.values():  # it may be lost, so it must count when it is sent again
                    self._recent.pop(call.id, None)
                raise NotDurable

    def _fresh(
        self, calls: dict[int, Call], recorded: Mapping[UUID, tuple[object, ...]], receipt: Receipt
    ) -> dict[int, Call]:
        fresh: dict[int, Call] = {}
        for index, call in calls.items():
            seen = recorded.get(call.id) or self._recent.get(call.id)
            if seen is None:
                self._remember(call)
                fresh[index] = call
            elif seen == fingerprint(call):
                receipt.duplicates += 1
            else:
                detail = "Another call was reported under this source and id, and that one counts."
                receipt.refused[index] = Refused("conflict", detail)
        receipt.accepted = len(fresh)
        return fresh

    def _remember(self, call: Call) -> None:
        self._recent[call.id] = fingerprint(call)
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)


def _read(raws: Iterable[msgspec.Raw], now: datetime, receipt: Receipt) -> dict[int, Reported]:
    reported: dict[int, Reported] = {}
    for index, raw in enumerate(raws):
        try:
            reported[index] = events.read(raw, now)
        except Refused as refused:
            receipt.refused[index] = refused
    return reported
