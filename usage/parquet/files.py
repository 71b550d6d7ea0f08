"""A file for each organization and day, which appears and changes only whole.

Events are never changed, so a file is right as long as it has as many as the day has: what is right is let be, and
what grew is written anew beside it and takes its place. A day that lost events, because old months were dropped,
keeps the file that has them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from usage.events import event_chunks
from usage.parquet.columns import SCHEMA, batch_of
from usage.queries import Where

_GROUP = 50_000  # rows that are compressed and read together, and the most that memory holds
_COMPRESSION = "zstd"


class Busy(Exception):
    """Another export writes into the same folder."""


class Outcome(StrEnum):
    WRITTEN = "written"
    KEPT = "kept"
    GONE = "gone"  # the calls are; if there is a file of them it stays


@dataclass(frozen=True, slots=True)
class Day:
    """What an organization called on a day, in UTC; `count` as the rollup has it."""

    organization_id: UUID
    date: date
    count: int

    def path(self, folder: Path) -> Path:
        return folder / f"organization={self.organization_id}" / f"month={self.date:%Y-%m}" / f"{self.date}.parquet"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder, so that two exports never write one file; Busy if another one does."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield


def write_day(folder: Path, day: Day) -> Outcome:
    path = day.path(folder)
    there = _count(path)
    if there == day.count:
        return Outcome.KEPT
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    written = _write(partial, day)
    if written == 0 or written < there:
        partial.unlink()
        return Outcome.GONE
    os.replace(partial, path)
    _sync(path.parent)
    return Outcome.WRITTEN


def _count(path: Path) -> int:
    """Return how many events a file has; none if it is missing or none of ours."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (FileNotFoundError, pa.ArrowInvalid):
        return 0


def _write(path: Path, day: Day) -> int:
    start = datetime.combine(day.date, time(), UTC)
    count, batches = 0, list[pa.RecordBatch]()
    with path.open("wb") as file:
        with pq.ParquetWriter(file, SCHEMA, compression=_COMPRESSION) as writer:
            for chunk in event_chunks(day.organization_id, Where(), start, start + timedelta(days=1)):
                batches.append(batch_of(day.organization_id, chunk))
                count += len(chunk)
                if sum(map(len, batches)) >= _GROUP:
                    writer.write_table(pa.Table.from_batches(batches))
                    batches = []
            if batches:
                writer.write_table(pa.Table.from_batches(batches))
        file.flush()
        os.fsync(file.fileno())
    return count


def _sync(folder: Path) -> None:
    """Make a new name in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
