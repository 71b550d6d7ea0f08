"""Checkpoints: signed statements of how long the log is, what stands in it and where every chain ends.

Nothing is signed that contradicts what was signed before: sizes never shrink, times never go back, and the tree of
the last checkpoint must still be the beginning of today's. Leaves below finished subtrees are not read again here;
`ledger/audit.py` reads all.
"""

import time
from dataclasses import replace

from django.db import DatabaseError, connections, transaction

from ledger import tree
from ledger.append import DATABASE
from ledger.errors import LedgerError
from ledger.heads import heads_at, log_size
from ledger.models import Checkpoint
from ledger.notes import Note, Signer, open_note
from ledger.pen import Pen, Written
from ledger.stored import marked_headers
from ledger.subtrees import complete_subtrees, stored_hashes
from ledger.trie import Trie

_POSTGRES_LOCK = "SELECT pg_advisory_xact_lock(7011946)"  # any number, the same for all who store checkpoints


def latest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-pk").first()


def sign_checkpoint(signer: Signer, *, now: float | None = None, within: int = 0) -> Checkpoint:
    """Sign and store a checkpoint of the log as it is, also when nothing happened since the last one.

    The last one serves if it is younger than `within` seconds. `now` is in seconds since 1970. LedgerError "tampered"
    if the log does not continue the last checkpoint, and then nothing is signed; "not-recorded" if the database is
    away.
    """
    try:
        while True:
            last, second = latest_checkpoint(), int(time.time() if now is None else now)
            if last and 0 <= second - _opened(signer, last).time < within:
                return last
            note = _next(signer, last, second)
            if stored := _store(note, note.sign(signer.private_key), after=last):
                return stored
    except DatabaseError as error:
        message = f"No checkpoint was stored ({type(error).__name__})."
        raise LedgerError("not-recorded", message, permanent=False) from None


def _next(signer: Signer, last: Checkpoint | None, now: int) -> Note:
    before = _opened(signer, last) if last else Note(signer.name, 0, tree.EMPTY_ROOT, Trie().root(), 0)
    newest = signer.pen.newest  # asked for first: what is appended meanwhile is in neither
    size = log_size()
    if size < before.size:
        raise LedgerError("tampered", "The log is shorter than its last checkpoint says.", permanent=True)
    _check_written(signer.pen, newest, before.size, size)
    if size > before.size:
        return _grown(before, size, max(now, before.time))
    return replace(before, time=max(now, before.time))


def _opened(signer: Signer, checkpoint: Checkpoint) -> Note:
    note = open_note(checkpoint.text, signer.public_key)
    if (note.name, note.size, note.time) != (signer.name, checkpoint.size, checkpoint.time):
        raise LedgerError("tampered", "The last checkpoint is not what its note says.", permanent=True)
    return note


def _check_written(pen: Pen, newest: Written | None, start: int, end: int) -> None:
    """Raise unless the pen wrote every leaf from `start` up to `end`, and `newest` is still where it was."""
    for header, mark in marked_headers(start, end):
        if not pen.wrote(header.hash(), mark):
            raise LedgerError("tampered", "A leaf was not written by the unsealer.", permanent=True)
        if newest == Written(header.position, header.hash()):
            newest = None
    if newest and newest.position >= start:
        raise LedgerError("tampered", "The leaf that was written last is not there.", permanent=True)


def _grown(before: Note, size: int, now: int) -> Note:
    """Return the note of a longer log. Both roots come from the same hashes, so one tree continues the other."""
    complete_subtrees(size)
    if tree.root(stored_hashes, before.size) != before.root:
        raise LedgerError("tampered", "The log does not continue its last checkpoint.", permanent=True)
    heads = list(heads_at(size, as_leaves_say=True))
    if sum(sequence for _, sequence, _ in heads) != size:
        raise LedgerError("tampered", "The chains of the tenants do not add up to the log.", permanent=True)
    return Note(before.name, size, tree.root(stored_hashes, size), Trie(heads).root(), now)


def _store(note: Note, text: str, *, after: Checkpoint | None) -> Checkpoint | None:
    """Store a checkpoint, or None if somebody stored one since `after`: then it has to be looked at first."""
    connection = connections[DATABASE]
    with transaction.atomic(using=DATABASE, durable=True):
        if connection.vendor == "postgresql":  # SQLite has locked already: its transactions are IMMEDIATE
            connection.cursor().execute(_POSTGRES_LOCK)
        if latest_checkpoint() != after:
            return None
        return Checkpoint.objects.create(size=note.size, time=note.time, text=text)
