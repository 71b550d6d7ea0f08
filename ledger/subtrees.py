"""Stored tree hashes: every 256 hashes of a level make one of the next, so a big log's root needs few rows.

Both what is read and what is written goes by the same rule: level 0 are the leaves, level n the `Subtree` rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import islice
from operator import or_

from django.db import models

from ledger import tree
from ledger.cells import as_bytes
from ledger.errors import LedgerError
from ledger.models import Leaf, Subtree

FANOUT_BITS = 8
_FANOUT = 1 << FANOUT_BITS
_PIECES = 200  # perfect ranges looked up by one query a level
_ROWS = 16  # subtrees completed by one query
Row = tuple[int, int]  # level and index


def stored_hashes(pieces: Sequence[tree.Range]) -> Iterator[bytes]:
    """Yield the hash of each perfect range, from stored rows; LedgerError if the log lacks one.

    A range of 2 ** n leaves takes at most 128 rows of one level. That is a `tree.Source`.
    """
    remaining = iter(pieces)
    while batch := list(islice(remaining, _PIECES)):
        wanted = [_rows(*piece) for piece in batch]
        found = _read(wanted)
        for level, rows in wanted:
            try:
                yield _perfect([found[level, index] for index in rows])
            except KeyError:
                raise LedgerError("tampered", f"The log lacks a hash of level {level}.", permanent=True) from None


def complete_subtrees(size: int) -> None:
    """Store every subtree that the first `size` leaves complete. Two writers at once store the same."""
    level, count = 1, size >> FANOUT_BITS
    while count:
        for start in range(_stored(level), count, _ROWS):
            _store(level, range(start, min(start + _ROWS, count)))
        level, count = level + 1, count >> FANOUT_BITS


def _stored(level: int) -> int:
    newest = Subtree.objects.filter(level=level).aggregate(newest=models.Max("index"))["newest"]
    return 0 if newest is None else newest + 1


def _store(level: int, indexes: range) -> None:
    """Write consecutive subtrees, all or none, so that the rows of a level never have a gap."""
    below = (level - 1) * FANOUT_BITS
    parts = [(part << below, part + 1 << below) for part in range(indexes.start * _FANOUT, indexes.stop * _FANOUT)]
    found = iter(list(stored_hashes(parts)))
    rows = [Subtree(level=level, index=index, hash=_perfect(list(islice(found, _FANOUT)))) for index in indexes]
    Subtree.objects.bulk_create(rows, ignore_conflicts=True)  # a transaction of its own


def _rows(start: int, end: int) -> tuple[int, range]:
    level = ((end - start).bit_length() - 1) // FANOUT_BITS
    return level, range(start >> level * FANOUT_BITS, end >> level * FANOUT_BITS)


def _read(wanted: Iterable[tuple[int, range]]) -> dict[Row, bytes]:
    """Read rows of several levels, those near each other as one interval."""
    found = dict[Row, bytes]()
    for level in {level for level, _ in wanted}:
        intervals = list[list[int]]()
        for rows in sorted((rows for each, rows in wanted if each == level), key=lambda rows: rows.start):
            if intervals and rows.start - intervals[-1][1] < _FANOUT:
                intervals[-1][1] = rows[-1]
            else:
                intervals.append([rows.start, rows[-1]])
        found.update(((level, index), as_bytes(value)) for index, value in _query(level, intervals))
    return found


def _query(level: int, intervals: list[list[int]]) -> Iterable[tuple[int, bytes | memoryview]]:
    if not level:
        near = reduce(or_, (models.Q(position__range=each) for each in intervals))
        return Leaf.objects.filter(near).values_list("position", "hash")
    near = reduce(or_, (models.Q(index__range=each) for each in intervals))
    return Subtree.objects.filter(near, level=level).values_list("index", "hash")


def _perfect(parts: list[bytes]) -> bytes:
    """Return the hash over a power of two of hashes."""
    while len(parts) > 1:
        parts = [tree.node(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    return parts[0]
