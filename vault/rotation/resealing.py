"""Resealing: records under older data keys are sealed again, batch by batch, and swapped in where nobody was faster."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ledger.actor import Actor
from vault.errors import VaultError
from vault.rotation.progress import Progress
from vault.rotation.references import Sealers, Swap, swap_all
from vault.suites import key_id_of
from vault.unsealer import unsealer

_ROWS = 200  # a batch
_BYTES = 8 * 1024 * 1024  # a request, unless one row alone has more


@dataclass(slots=True)
class Resealing:
    """Takes the records of one model's rows off old keys. `seen` holds the keys under which it found any."""

    actor: Actor
    place: Sealers
    tenants: Sequence[UUID]
    old: Sequence[bytes]
    progress: Progress
    seen: set[bytes] = field(default_factory=set)

    def run(self) -> set[bytes]:
        """Reseal until nothing is left but what does not open; return the keys that were in use."""
        while self._pass():  # what was written under an old key meanwhile is found by another pass
            pass
        return self.seen

    def _pass(self) -> int:
        rows = self.place.rows(self.tenants, self.old)
        total, done, swapped = rows.count(), 0, 0
        after: dict[str, UUID] = {}
        while batch := list(rows.filter(**after)[:_ROWS]):
            for portion in _portions(self.place, batch):
                swapped += swap_all(self.place.model, self._sealed_anew(portion))
            done += len(batch)
            self.progress(self.place.model._meta.label, done, max(done, total))
            after = {"pk__gt": batch[-1].pk}
        return swapped

    def _sealed_anew(self, rows: Sequence[Any]) -> list[Swap]:
        stale = [pair for row in rows for pair in _values(self.place, row) if key_id_of(pair[1].record()) in self.old]
        messages = [value.message() for _, value in stale]
        self.seen.update(key_id_of(message.data) for message in messages)
        try:
            records = unsealer().reseal(str(self.actor), messages)
        except VaultError as error:
            if not error.permanent:
                raise
            # One record that does not open must not hold up the others: it stays, and its key with it.
            return [swap for row in rows for swap in self._sealed_anew([row])] if len(rows) > 1 else []
        sealed = zip(stale, messages, records, strict=True)
        return [Swap(field, message.pk, message.data, record) for (field, _), message, record in sealed]


def _values(place: Sealers, row: Any) -> Iterator[tuple[Any, Any]]:
    values = ((field, getattr(row, field.attname)) for field in place.fields)
    return ((field, value) for field, value in values if value is not None)


def _portions(place: Sealers, rows: Sequence[Any]) -> Iterator[list[Any]]:
    """Split rows so that what is asked of the unsealer at once stays small: a prompt can be megabytes."""
    portion: list[Any] = []
    size = 0
    for row in rows:
        own = sum(len(value.record()) for _, value in _values(place, row))
        if portion and size + own > _BYTES:
            yield portion
            portion, size = [], 0
        portion.append(row)
        size += own
    yield portion
