"""The spool: usage on disk before the last byte of an answer, until the database has it.

A record survives the death of this process, however sudden, once `append` has returned. It is not
forced to the platter: a power cut may lose the last moments. What is taken out may be taken again
after a crash, so its reader must be idempotent by the call's id.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gateway import records
from gateway.segment import Segment
from ledger.ids import new_id
from usage.calls import Call

log = logging.getLogger(__name__)

_SEGMENT = 16 * 1024 * 1024  # bytes
_HELD = 2000  # records in memory while the disk takes none


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that were read, not yet taken; each with the line it came from."""

    segment: Segment
    end: int
    records: list[tuple[bytes, Call]]


class Spool:
    """A directory of segments. `append` belongs to the event loop, all reading to one writer thread."""

    def __init__(self, directory: Path, *, segment_size: int = _SEGMENT) -> None:
        self._directory = directory
        self._segment_size = segment_size
        self._lock = threading.Lock()  # around what both threads touch: the current segment and `_held`
        self._held: deque[bytes] = deque(maxlen=_HELD)
        self._left: Segment | None = None  # an earlier segment, read before the current one
        self._look_around = True  # whether segments without an owner may lie about

    def open(self) -> None:
        """Begin a segment of our own."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._current = self._new_segment()

    def close(self) -> None:
        """Let go; what was not taken stays for the next process."""
        with self._lock:
            self._write_held()
            if self._current.taken:
                self._current.remove()
            else:
                self._current.close()
            if self._left:
                self._left.close()

    def append(self, call: Call) -> None:
        """Write a record. When the disk refuses, it is held in memory and `healthy` turns false."""
        with self._lock:
            if len(self._held) == _HELD:
                log.error("spool: the disk takes nothing and memory is full, the oldest record is lost")
            self._held.append(records.encode(call))
            self._write_held()

    def healthy(self) -> bool:
        """Tell whether records reach the disk; writes the held ones if it takes them again."""
        with self._lock:
            return self._write_held()

    def batch(self, most: int) -> Batch | None:
        """Return the oldest records; None when everything was taken."""
        while (segment := self._readable()) is not None:
            lines = segment.lines(most)
            batch = Batch(segment, segment.offset + sum(map(len, lines)), self._decoded(segment, lines))
            if batch.records:
                return batch
            if lines:
                self.take(batch)  # nothing but damaged lines
            elif segment is self._left:
                self._finish_left(segment)
            else:
                return None
        return None

    def take(self, batch: Batch) -> None:
        """Mark a batch as done: it is not read again unless this process dies at once."""
        with self._lock:
            batch.segment.offset = batch.end
            if batch.segment is self._current and batch.segment.taken:
                batch.segment.empty()

    def set_aside(self, segment: Segment, lines: Iterable[bytes]) -> None:
        """Keep lines that cannot be used in a .bad file; renamed to .log they would be read again."""
        with open(segment.path.with_suffix(".bad"), "ab", opener=_private) as bad:
            bad.writelines(lines)

    def look_around(self) -> None:
        """Have the next batch look for segments whose process has died."""
        self._look_around = True

    def _write_held(self) -> bool:
        while self._held:
            try:
                if self._current.size >= self._segment_size:
                    self._rotate()
                self._current.append(self._held[0])
            except OSError as error:
                log.error("spool: a record could not be written: %s", error.strerror or "short write")
                return False
            self._held.popleft()
        return True

    def _rotate(self) -> None:
        full, self._current = self._current, self._new_segment()
        if full.taken:
            full.remove()
        elif self._left is None:
            self._left = full
        else:
            full.close()  # without an owner now: adopted after the one that is being read
            self._look_around = True

    def _readable(self) -> Segment | None:
        with self._lock:
            if self._left is None and self._look_around:
                self._left = self._adopted()
                self._look_around = self._left is not None
            return self._left or self._current

    def _adopted(self) -> Segment | None:
        for path in sorted(self._directory.glob("*.log")):
            if path != self._current.path and (segment := Segment.adopt(path)):
                return segment
        return None

    def _finish_left(self, segment: Segment) -> None:
        if not segment.taken:
            log.warning("spool: %s ends in the middle of a record, which is ignored", segment.path.name)
        with self._lock:
            self._left = None
        segment.remove()

    def _decoded(self, segment: Segment, lines: list[bytes]) -> list[tuple[bytes, Call]]:
        good: list[tuple[bytes, Call]] = []
        bad: list[bytes] = []
        for line in lines:
            try:
                good.append((line, records.decode(line.removesuffix(b"\n"))))
            except records.CorruptRecord:
                bad.append(line)
        if bad:
            log.error("spool: %d damaged records of %s were set aside", len(bad), segment.path.name)
            self.set_aside(segment, bad)
        return good

    def _new_segment(self) -> Segment:
        return Segment.create(self._directory / f"{new_id()}.log")


def _private(path: str, flags: int) -> int:
    import os

    return os.open(path, flags, 0o600)
