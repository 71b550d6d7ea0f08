"""The Merkle tree of RFC 6962, section 2.1: roots and proofs. Pure; hashes come from a source.

A range (start, end) holds the leaves from `start` up to, not including, `end`. The ranges that the tree splits into
start at a multiple of their size rounded up to a power of two, so each falls apart into perfect subtrees.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce

Range = tuple[int, int]
# Given perfect ranges (a power of two of leaves, starting at a multiple of it), yields the hash of each in order.
Source = Callable[[Sequence[Range]], Iterable[bytes]]
EMPTY_ROOT = hashlib.sha256(b"").digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(source: Source, size: int) -> bytes:
    """Return the root over the first `size` leaves."""
    return hashes(source, [(0, size)])[0]


def hashes(source: Source, ranges: Sequence[Range]) -> list[bytes]:
    """Return the hash of each range that the tree splits into, with one use of the source for all."""
    pieces = [_pieces(*each) for each in ranges]
    found = iter(source([piece for each in pieces for piece in each]))
    return [_fold([next(found) for _ in each]) for each in pieces]


def inclusion(size: int, positions: Sequence[int]) -> Iterator[Range]:
    """Yield the ranges whose hashes prove that the leaves at these sorted positions stand in the tree of `size`."""
    pending = [(0, size, 0, len(positions))]
    while pending:
        start, end, first, last = pending.pop()
        if first == last:
            yield start, end
        elif end - start > 1:
            split = start + split_at(end - start)
            middle = bisect_left(positions, split, first, last)
            pending += [(split, end, middle, last), (start, split, first, middle)]


def consistency(old: int, size: int) -> list[Range]:
    """Return the ranges whose hashes prove that the tree of `size` continues the tree of `old` leaves."""
    if old in (0, size):
        return []
    start, end, complete, proof = 0, size, True, list[Range]()
    while old != end:
        split = start + split_at(end - start)
        if old <= split:
            proof.append((split, end))
            end = split
        else:
            proof.append((start, split))
            start, complete = split, False
    return [*([] if complete else [(start, end)]), *reversed(proof)]


def split_at(size: int) -> int:
    """Return the largest power of two below `size`, which is above 1."""
    return 1 << (size - 1).bit_length() - 1


class Frontier:
    """A tree that grows leaf by leaf and keeps only the roots of its perfect subtrees, biggest first."""

    def __init__(self) -> None:
        self.size, self._roots = 0, list[bytes]()

    def append(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf hash; yield height, index and hash of every perfect subtree that it completes, itself first."""
        height, index = 0, self.size
        self.size += 1
        yield height, index, leaf
        while index & 1:
            leaf = node(self._roots.pop(), leaf)
            height, index = height + 1, index >> 1
            yield height, index, leaf
        self._roots.append(leaf)

    def root(self) -> bytes:
        return _fold(self._roots)


def _pieces(start: int, end: int) -> list[Range]:
    """Return the perfect ranges that a range consists of, biggest first."""
    pieces = []
    while start < end:
        size = 1 << (end - start).bit_length() - 1
        pieces.append((start, start + size))
        start += size
    return pieces


def _fold(perfect: Sequence[bytes]) -> bytes:
    """Return the hash over perfect subtrees, biggest first."""
    if not perfect:
        return EMPTY_ROOT
    return reduce(lambda right, left: node(left, right), reversed(perfect))
