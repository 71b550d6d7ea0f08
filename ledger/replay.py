"""The log computed again leaf by leaf: hashes, chains, commitments, and the trees that follow from them."""

import json
from collections.abc import Callable
from uuid import UUID

from ledger.cells import as_bytes
from ledger.leaves import NO_HASH, Header, commit
from ledger.models import LeafBody, LeafType
from ledger.stored import StoredLeaf
from ledger.subtrees import FANOUT_BITS
from ledger.tree import Frontier
from ledger.trie import Trie

_REPEATED = ("type", "purpose", "actor", "grant", "event")


class Replay:
    """What follows from the leaves added so far. `fault` is told a sentence for each leaf that contradicts itself."""

    def __init__(self, fault: Callable[[str], None]) -> None:
        self._fault = fault
        self.size = self.erased = self._at = 0
        self.heads: dict[UUID, tuple[int, bytes]] = {}
        self.tree, self.map = Frontier(), Trie()
        self.subtrees: dict[tuple[int, int], bytes] = {}  # level and index, as the rows
        self.bodiless: dict[UUID, int] = {}  # position of the tenant's last leaf without a body
        self.destroyed: dict[UUID, int] = {}  # position of the tenant's last destruction

    def add(self, stored: StoredLeaf) -> None:
        """Take the next leaf of the log."""
        header = stored.header
        if header.position != self.size:
            self._fault(f"Leaf {self.size} is missing.")
        if header.hash() != stored.hash:
            self._fault(f"Leaf {header.position} is not what its hash says.")
        if header.at < self._at:
            self._fault(f"Leaf {header.position} is older than the leaf before.")
        self._link(header, stored.hash)
        self._grow(stored.hash)
        self._read(header, stored.body)
        self.size, self._at = header.position + 1, header.at

    def _link(self, header: Header, leaf_hash: bytes) -> None:
        sequence, head = self.heads.get(header.tenant, (0, NO_HASH))
        if (header.sequence, header.previous) != (sequence + 1, head):
            self._fault(f"Leaf {header.position} does not continue the chain of {header.tenant}.")
        self.heads[header.tenant] = header.sequence, leaf_hash
        self.map.put(header.tenant, header.sequence, leaf_hash)

    def _grow(self, leaf_hash: bytes) -> None:
        for height, index, value in self.tree.append(leaf_hash):
            level, rest = divmod(height, FANOUT_BITS)
            if level and not rest:
                self.subtrees[level, index] = value

    def _read(self, header: Header, body: LeafBody | None) -> None:
        if body is None:
            self.bodiless[header.tenant] = header.position
            self.erased += 1
        elif commit(as_bytes(body.salt), body.text) != header.commitment:
            self._fault(f"The body of leaf {header.position} is not the one committed to.")
        elif body.tenant != header.tenant or not _repeats(body):
            self._fault(f"The columns of leaf {header.position} do not repeat its body.")
        elif body.type == LeafType.DESTRUCTION:
            self.destroyed[header.tenant] = header.position


def _repeats(body: LeafBody) -> bool:
    """Tell whether the columns that lists are filtered by say what the text says."""
    text = json.loads(body.text)
    return all(str(text.get(name) or "") == str(getattr(body, name) or "") for name in _REPEATED)
