"""The spool: usage on disk before the last byte of an answer, until the database has it.

A record survives the death of this process, however sudden, once `append` has returned. It is not
forced to the platter: a power cut may lose the last moments. What is taken out may be taken again
after a crash, so its reader must be idempotent by the call's id.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gateway import records
from gateway.segment import Segment
from ledger.ids import new_id
from usage.calls import Call

log = logging.getLogger(__name__)

_SEGMENT = 16 * 1024 * 1024  # bytes
_MOMENT = 60.0  # seconds
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
        self._current: Segment | None = None
        self._left: Segment | None = None  # an earlier segment, read before the current one
        self._look_around = True  # whether segments without an owner may lie about

    def open(self) -> None:
        """Begin a segment of our own; raise OSError if the directory takes none."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_unfinished()
        self._current = self._new_segment()

    def close(self) -> None:
        """Let go; what was not taken stays for the next process, and so does a record that comes later."""
        with self._lock:
            self._write_held()
            for segment in filter(None, (self._left, self._current)):
                if segment.taken:
                    segment.remove()
                else:
                    segment.close()
            self._left = self._current = None

    def append(self, call: Call) -> None:
        """Write a record. When the disk refuses, it is held in memory and `healthy` turns false."""
        with self._lock:
            if len(self._held) == _HELD:
                log.error("spool: the disk takes nothing and memory is full, the oldest record is lost")
            self._held.append(records.encode(call))
            self._write_held()

    def hand_over(self) -> None:
        """Leave what was written so far to another process that reads it."""
        with self._lock:
            if self._current is None or not self._current.size:
                return
            try:
                fresh = self._new_segment()
            except OSError as error:
                log.error("spool: no new segment could be made: %s", error.strerror or error)
                return
            self._current.close()
            self._current = fresh

    def waiting(self) -> float:
        """Return for how many seconds the oldest segment waits that is another's to read."""
        own = self._current.path if self._current else None
        others = (_written(path) for path in self._directory.glob("*.log") if path != own)
        oldest = min((at for at in others if at is not None), default=None)
        return 0.0 if oldest is None else max(0.0, time.time() - oldest)

    def healthy(self) -> bool:
        """Tell whether records reach the disk; writes the held ones if it takes them again."""
        with self._lock:
            return self._write_held()

    def batch(self, most: int) -> Batch | None:
        """Return the oldest records; None when everything was taken."""
        while True:
            segment, growing = self._readable()
            if segment is None:
                return None
            lines = segment.lines(most)
            batch = Batch(segment, segment.offset + sum(map(len, lines)), self._decoded(segment, lines))
            if batch.records:
                return batch
            if lines:
                self.take(batch)  # nothing but damaged lines
            elif growing:
                return None
            else:
                self._finish_left(segment)

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
                self._writable().append(self._held[0])
            except OSError as error:
                log.error("spool: a record could not be written: %s", error.strerror or error)
                return False
            self._held.popleft()
        return True

    def _writable(self) -> Segment:
        if self._current is None:
            self._current = self._new_segment()
        elif self._current.size >= self._segment_size:
            self._rotate(self._current)
        return self._current

    def _rotate(self, full: Segment) -> None:
        self._current = self._new_segment()
        if self._left is None:
            self._left = full  # the reader may be in the middle of it
        else:
            full.close()  # without an owner now: adopted after the one that is being read
            self._look_around = True

    def _readable(self) -> tuple[Segment | None, bool]:
        """Return the oldest segment, and whether more may still be appended to it."""
        with self._lock:
            if self._left is None and self._look_around:
                self._left = self._adopted()
                self._look_around = self._left is not None
            return (self._current, True) if self._left is None else (self._left, False)

    def _adopted(self) -> Segment | None:
        for path in sorted(self._directory.glob("*.log")):
            if segment := Segment.adopt(path):  # never our own: that is locked as well
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

    def _remove_unfinished(self) -> None:
        """Remove segments whose process died before they had their name; nothing was ever written to them."""
        for path in self._directory.glob("*.new"):
            made = _made(path)  # a moment ago by another gateway: it has yet to lock it
            if made is not None and time.time() - made > _MOMENT and (segment := Segment.adopt(path)):
                segment.remove()

    def _new_segment(self) -> Segment:
        return Segment.create(self._directory / f"{new_id()}.log")


def _written(path: Path) -> float | None:
    """Return when the last record came to it; None if none waits, as in the settler's own segment."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None  # it was taken just now
    return found.st_mtime if found.st_size else None


def _made(path: Path) -> float | None:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
