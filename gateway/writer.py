"""The writer: one thread that carries usage from the spool, and exchanges from memory, to the rooms below.

In a gateway that serves, usage is another process's to settle (`gateway/settler.py`): the thread hands it over.

Usage is never given up: while the database is away it waits on disk. Exchanges live in memory only,
because nothing may be persisted unsealed; one that cannot be written, or finds no place, is lost and counted.
"""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError

from content.exchanges import Exchange
from gateway.refusal import Refusal
from gateway.rooms import Rooms
from gateway.segment import Segment
from gateway.settler import Settler
from gateway.spool import Spool
from gateway.tally import Tally
from usage.calls import Call
from vault.errors import VaultError

if TYPE_CHECKING:
    from gateway.control.mistakes import Mistake

log = logging.getLogger(__name__)

_BATCH = 5000  # the more at once, the fewer buckets of the rollup a call changes
_PAUSE = 0.05  # seconds in which records gather to a batch
_LOOK_AROUND = 5.0  # seconds between looks for segments that other processes left
_OVERDUE = 180.0  # seconds
_LONGEST_BACKOFF = 5.0  # seconds
_QUEUE_EXCHANGES = 1000
_QUEUE_CHARACTERS = 64 * 1024 * 1024
_BATCH_EXCHANGES = 50
# The database's fault, not a record's: away, read-only after a failover, not migrated yet.
_AWAY = (OperationalError, InterfaceError, InternalError, ProgrammingError, OSError)


class Writer:
    """Owns the spool's reading end and the queue of exchanges."""

    def __init__(
        self,
        spool: Spool,
        rooms: Rooms,
        *,
        pause: float = _PAUSE,
        look_around: float = _LOOK_AROUND,
        settler: Settler | None = None,
    ) -> None:
        self._spool = spool
        self._rooms = rooms
        self._pause = pause
        self._look_around = look_around
        self._settler = settler
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._overdue = False  # usage waits for longer than holds may be relied on
        self._queue: deque[Exchange] = deque()
        self._queued = 0  # characters
        self._refusals = Tally("refusals", rooms.note_refusals)
        self._mistakes = Tally("refused events", rooms.note_mistakes)
        self._queue_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self.lost_exchanges = 0
        self._told_lost = 0

    def start(self) -> None:
        """Begin, with what earlier processes left."""
        self._spool.open()
        self._wake.set()
        self._thread.start()

    def stop(self, patience: float) -> bool:
        """Write what is left for at most so many seconds; tell whether all was, else usage stays in the spool."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(patience)
        if self._thread.is_alive():
            log.warning("writer: stopped before everything was written, the spool keeps the usage")
            return False
        self._spool.close()
        return self._settler is None or self._settler.end(patience)

    def healthy(self) -> bool:
        """Tell whether usage can be accounted for: the disk takes it and the thread lives."""
        return self._thread.is_alive() and self._spool.healthy() and not self._overdue

    def record(self, call: Call) -> None:
        """Make a call's usage durable; the database has it a moment later."""
        self._spool.append(call)
        if not self._wake.is_set():  # it is cleared before the spool is looked at
            self._wake.set()

    def keep(self, exchange: Exchange) -> None:
        """Queue an exchange for sealing; drop it if the queue is full."""
        size = _size(exchange)
        with self._queue_lock:
            if len(self._queue) >= _QUEUE_EXCHANGES or self._queued + size > _QUEUE_CHARACTERS:
                self.lost_exchanges += 1
                return
            self._queue.append(exchange)
            self._queued += size
        self._wake.set()

    def note(self, refusal: Refusal) -> None:
        """Count a refusal for the page that explains it; what is counted and not written yet may be lost."""
        self._refusals.add(
            (refusal.key_id, refusal.rule, refusal.model, refusal.at.replace(second=0, microsecond=0)), refusal
        )
        self._wake.set()

    def note_mistake(self, mistake: "Mistake") -> None:
        """Likewise count a reported event that does not count."""
        self._mistakes.add(mistake.place, mistake)
        self._wake.set()

    def _run(self) -> None:
        backoff = self._pause
        while True:
            if not self._wake.wait(self._look_around):
                self._spool.look_around()
            self._stopping.wait(self._pause)
            self._wake.clear()
            last = self._stopping.is_set()
            if self._drained():
                backoff = self._pause
            elif not last:
                self._stopping.wait(backoff)
                backoff = min(2 * backoff, _LONGEST_BACKOFF)
                self._wake.set()
            if last:
                return

    def _drained(self) -> bool:
        try:
            self._write_exchanges()
            self._refusals.write()
            self._mistakes.write()
            if self._settler is not None:
                self._hand_over(self._settler)
                return True
            while batch := self._spool.batch(_BATCH):
                self._write_calls(batch.segment, batch.records)
                self._spool.take(batch)
                self._write_exchanges()
        except Exception as error:  # whatever it is: the thread lives on, and the usage waits on disk
            log.warning("writer: usage and exchanges wait: %s", type(error).__name__)
            return False
        return True

    def _hand_over(self, settler: Settler) -> None:
        self._spool.hand_over()
        settler.keep()
        overdue = self._spool.waiting() > _OVERDUE
        if overdue != self._overdue:
            log.error("writer: usage waits too long to be settled" if overdue else "writer: usage is settled again")
        self._overdue = overdue

    def _write_calls(self, segment: Segment, entries: Sequence[tuple[bytes, Call]]) -> None:
        """Record calls; halve a refused batch until the one that cannot be recorded stands alone."""
        try:
            self._rooms.record_calls([call for _, call in entries])
        except _AWAY:
            raise
        except Exception as error:
            if len(entries) == 1:
                line, call = entries[0]
                log.error("writer: call %s cannot be recorded and was set aside: %s", call.id, type(error).__name__)
                self._spool.set_aside(segment, [line])
                return
            middle = len(entries) // 2
            self._write_calls(segment, entries[:middle])
            self._write_calls(segment, entries[middle:])

    def _write_exchanges(self) -> None:
        lost = self.lost_exchanges
        while exchanges := self._dequeue():
            try:
                self._rooms.keep_exchanges(exchanges)
            except Exception as error:
                if isinstance(error, VaultError) and not error.permanent:
                    self._put_back(exchanges)  # the unsealer is away: it is sealed when it is back
                    raise
                self.lost_exchanges += len(exchanges)
                log.error("writer: %d exchanges were not kept: %s", len(exchanges), type(error).__name__)
        if lost != self._told_lost:
            log.error("writer: %d exchanges found no place in the queue", lost - self._told_lost)
        self._told_lost = self.lost_exchanges

    def _dequeue(self) -> list[Exchange]:
        with self._queue_lock:
            taken = [self._queue.popleft() for _ in range(min(_BATCH_EXCHANGES, len(self._queue)))]
            self._queued -= sum(map(_size, taken))
            return taken

    def _put_back(self, exchanges: Sequence[Exchange]) -> None:
        with self._queue_lock:
            self._queue.extendleft(reversed(exchanges))
            self._queued += sum(map(_size, exchanges))


def _size(exchange: Exchange) -> int:
    return len(exchange.request) + len(exchange.response)
