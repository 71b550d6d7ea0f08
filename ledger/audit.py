"""The whole log computed again from its leaves and bodies: what the operator runs, as a tenant runs `verify_ledger.py`.

It trusts only the public key. Leaves, chains, commitments, subtrees and checkpoints are checked while the log streams
by; in memory stay one entry a tenant and one hash for each 256 leaves.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Subquery

from ledger.errors import LedgerError
from ledger.heads import heads_at, log_size
from ledger.models import Checkpoint, Erasure, Leaf, LeafBody, Log, Subtree
from ledger.notes import Note, open_note
from ledger.replay import Replay
from ledger.stored import in_batches, log_leaves
from ledger.subtrees import FANOUT_BITS

_MOST_FAULTS = 50
_EVERY = 10_000  # leaves between two reports of progress
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Report:
    """What was read, and sentences on what contradicts it; of many faults only the first ones are kept."""

    leaves: int = 0
    tenants: int = 0
    erased: int = 0  # leaves whose body was dropped
    checkpoints: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def verified(self) -> bool:
        return not self.faults


def audit(public_key: bytes, progress: Progress | None = None) -> Report:
    """Check everything stored against everything else and the key. `progress` is told leaves done and in all."""
    return _Audit(public_key, progress).run()


class _Audit:
    def __init__(self, public_key: bytes, progress: Progress | None) -> None:
        self._key, self._progress = public_key, progress
        self._report = Report()
        self._replay = Replay(self._fault)
        self._last: Note | None = None

    def run(self) -> Report:
        try:
            self._read()
        except LedgerError as error:  # a cell of another type: nothing can be computed from it
            self._fault(f"The log cannot be read to its end: {error}")
        report, replay = self._report, self._replay
        report.leaves, report.tenants, report.erased = replay.size, len(replay.heads), replay.erased
        return report

    def _read(self) -> None:
        for batch in in_batches(Checkpoint.objects.all(), "pk"):
            for checkpoint in batch:
                self._checkpoint(checkpoint)
        size = log_size()
        self._forward(size)
        self._log(size)
        self._bodies()
        self._subtrees()

    def _fault(self, sentence: str) -> None:
        if len(self._report.faults) < _MOST_FAULTS:
            self._report.faults.append(sentence)

    def _forward(self, size: int) -> None:
        for stored in log_leaves(self._replay.size, size):
            self._replay.add(stored)
            if self._progress and self._replay.size % _EVERY == 0:
                self._progress(self._replay.size, log_size())

    def _checkpoint(self, checkpoint: Checkpoint) -> None:
        self._report.checkpoints += 1
        try:
            note = open_note(checkpoint.text, self._key)
        except LedgerError as error:
            return self._fault(f"Checkpoint {checkpoint.pk}: {error}")
        if (note.size, note.time) != (checkpoint.size, checkpoint.time):
            self._fault(f"Checkpoint {checkpoint.pk} is not what its note says.")
        if self._last and (note.name != self._last.name or note.size < self._last.size or note.time < self._last.time):
            return self._fault(f"Checkpoint {checkpoint.pk} goes back behind the one before.")
        self._last = note
        self._forward(note.size)
        return self._compare(checkpoint, note)

    def _compare(self, checkpoint: Checkpoint, note: Note) -> None:
        if self._replay.size != note.size:
            self._fault(f"Checkpoint {checkpoint.pk} counts {note.size} leaves, the log has {self._replay.size}.")
        elif self._replay.tree.root() != note.root:
            self._fault(f"The leaves are not those of checkpoint {checkpoint.pk}.")
        elif self._replay.map.root() != note.map:
            self._fault(f"The chains do not end where checkpoint {checkpoint.pk} says.")

    def _log(self, size: int) -> None:
        """Compare what append goes by: the log's row and the heads."""
        counted = Subquery(Log.objects.values("size")[:1])
        if self._replay.size != size or Leaf.objects.filter(position__gte=counted).exists():
            self._fault("The log does not have as many leaves as it says.")
        heads = {tenant: (sequence, head) for tenant, sequence, head in heads_at(size)}
        for tenant in heads | self._replay.heads:
            if heads.get(tenant) != self._replay.heads.get(tenant):
                self._fault(f"The chain of {tenant} does not end where its head says.")

    def _bodies(self) -> None:
        erased = set(Erasure.objects.values_list("tenant", flat=True))
        for tenant, position in self._replay.bodiless.items():
            if tenant not in erased or self._replay.destroyed.get(tenant, -1) < position:
                self._fault(f"The body of leaf {position} is missing, and no destruction in its chain says why.")
        leaves = Leaf.objects.filter(position=OuterRef("position"))
        for position in LeafBody.objects.exclude(Exists(leaves)).values_list("position", flat=True)[:_MOST_FAULTS]:
            self._fault(f"Body {position} has no leaf.")

    def _subtrees(self) -> None:
        signed = self._last.size if self._last else 0
        missing = {row for row in self._replay.subtrees if _end(*row) <= signed}
        for batch in in_batches(Subtree.objects.all(), "pk"):
            for row in batch:
                missing.discard((row.level, row.index))
                if not self._is_right(row):
                    self._fault(f"Subtree {row.level}/{row.index} is not the hash of its leaves.")
        for level, index in sorted(missing):
            self._fault(f"Subtree {level}/{index} is missing.")

    def _is_right(self, row: Subtree) -> bool:
        if computed := self._replay.subtrees.get((row.level, row.index)):
            return computed == bytes(row.hash)
        return self._replay.size < _end(row.level, row.index) <= log_size()  # it was completed meanwhile


def _end(level: int, index: int) -> int:
    """Return the position after a subtree's last leaf."""
    return index + 1 << level * FANOUT_BITS
