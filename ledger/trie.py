"""The map of tenants: a binary trie that commits to the end of every chain, as docs/ledger.md says. Pure.

Building it is one short walk for each tenant; a root after few changes hashes only what they touched.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from ledger.leaves import NO_HASH


@dataclass(frozen=True, slots=True)
class End:
    """A tenant's place in the map. `key` is the hash of its id, `value` that of number and hash of its last leaf."""

    key: bytes
    value: bytes


@dataclass(slots=True)
class _Branch:
    sides: list["_Node"] = field(default_factory=lambda: [None, None])
    hash: bytes | None = None  # until it is asked for


_Node: TypeAlias = End | _Branch | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Hashes beside the way from the root down; for an absent tenant, who else is alone at its place."""

    siblings: list[bytes]
    other: End | None


def key_of(tenant: UUID) -> bytes:
    return hashlib.sha256(tenant.bytes).digest()


class Trie:
    """Chain ends by tenant. `heads` are tenant, sequence and hash of each tenant's last leaf."""

    def __init__(self, heads: Iterable[tuple[UUID, int, bytes]] = ()) -> None:
        self._root: _Node = None
        for head in heads:
            self.put(*head)

    def put(self, tenant: UUID, sequence: int, head: bytes) -> None:
        """Set where a tenant's chain ends."""
        value = hashlib.sha256(sequence.to_bytes(8, "big") + head).digest()
        self._root = _put(self._root, End(key_of(tenant), value), 0)

    def root(self) -> bytes:
        return _hash(self._root)

    def prove(self, tenant: UUID) -> Proof:
        """Return the proof of where the tenant's chain ends, or that it has none."""
        key, place, siblings = key_of(tenant), self._root, list[bytes]()
        while isinstance(place, _Branch):
            side = _bit(key, len(siblings))
            siblings.append(_hash(place.sides[1 - side]))
            place = place.sides[side]
        return Proof(siblings, place if place and place.key != key else None)


def _put(place: _Node, end: End, depth: int) -> _Node:
    if place is None or (isinstance(place, End) and place.key == end.key):
        return end
    if isinstance(place, End):
        place = _put(_Branch(), place, depth)
    assert isinstance(place, _Branch)
    side = _bit(end.key, depth)
    place.sides[side] = _put(place.sides[side], end, depth + 1)
    place.hash = None
    return place


def _hash(place: _Node) -> bytes:
    if place is None:
        return NO_HASH
    if isinstance(place, End):
        return hashlib.sha256(b"\x02" + place.key + place.value).digest()
    if place.hash is None:
        left, right = place.sides
        place.hash = hashlib.sha256(b"\x03" + _hash(left) + _hash(right)).digest()
    return place.hash


def _bit(key: bytes, depth: int) -> int:
    return key[depth >> 3] >> (7 - (depth & 7)) & 1
