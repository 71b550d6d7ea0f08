"""A tenant's proof bundle: everything that `verify_ledger.py` needs, as docs/ledger.md says."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TextIO
from uuid import UUID

from ledger import tree
from ledger.errors import LedgerError
from ledger.heads import heads_at
from ledger.models import Checkpoint, Export, Leaf
from ledger.notes import open_note
from ledger.stored import StoredLeaf, chain_leaves
from ledger.subtrees import stored_hashes
from ledger.trie import Proof, Trie

FORMAT = "llama-console-ledger/1"
_EARLIER = 500
Purposes = Mapping[str, Iterable[str]]
_Members = Iterator[tuple[str, object]]


def proof_bundle(
    tenant: UUID, public_key: bytes, checkpoint: Checkpoint, purposes: Purposes, *, earlier: int | None = None
) -> dict[str, object]:
    """Return the bundle of a tenant (organization or person) at a checkpoint, and note that it was given out.

    `purposes` are the fields that each purpose may open. It proves to continue the newest former exports, and the one
    of the log's size `earlier`, however old. LedgerError if the log contradicts the checkpoint.
    """
    members = _members(tenant, public_key, checkpoint, purposes, earlier)
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in members}


def write_bundle(
    stream: TextIO,
    tenant: UUID,
    public_key: bytes,
    checkpoint: Checkpoint,
    purposes: Purposes,
    *,
    earlier: int | None = None,
) -> None:
    """Write the bundle as JSON, leaf by leaf, so that a long chain needs little memory."""
    for number, (name, value) in enumerate(_members(tenant, public_key, checkpoint, purposes, earlier)):
        stream.write(("," if number else "{") + json.dumps(name) + ":")
        if isinstance(value, Iterator):
            _write_list(stream, value)
        else:
            stream.write(json.dumps(value, separators=(",", ":")))
    stream.write("}\n")


def _write_list(stream: TextIO, values: Iterator[object]) -> None:
    stream.write("[")
    for number, value in enumerate(values):
        stream.write((",\n" if number else "\n") + json.dumps(value, separators=(",", ":")))
    stream.write("]")


def was_exported(tenant: UUID, size: int) -> bool:
    """Tell whether the tenant was given an export of a log of that size."""
    return Export.objects.filter(tenant=tenant, checkpoint__size=size).exists()


def _members(
    tenant: UUID, public_key: bytes, checkpoint: Checkpoint, purposes: Purposes, asked: int | None
) -> _Members:
    note = open_note(checkpoint.text, public_key)
    ends = Trie(heads_at(note.size))
    if ends.root() != note.map:
        raise LedgerError("tampered", "The chains do not end where the checkpoint says.", permanent=True)
    earlier = _earlier(tenant, checkpoint, asked)
    Export.objects.get_or_create(tenant=tenant, checkpoint=checkpoint)
    yield "format", FORMAT
    yield "tenant", str(tenant)
    yield "public_key", base64.b64encode(public_key).decode()
    yield "checkpoint", checkpoint.text
    yield "leaves", map(_leaf, chain_leaves(tenant, note.size))
    yield "inclusion", iter(_inclusion(tenant, note.size))
    yield "map", _map(ends.prove(tenant))
    yield "earlier", earlier
    yield "purposes", {purpose: sorted(fields) for purpose, fields in sorted(purposes.items())}


def _leaf(stored: StoredLeaf) -> dict[str, object]:
    header, body = stored.header, stored.body
    numbers = {"position": header.position, "sequence": header.sequence, "at": header.at}
    linked = {**numbers, "previous": header.previous.hex(), "hash": stored.hash.hex()}
    if body is None:
        return {**linked, "commitment": header.commitment.hex()}
    return {**linked, "salt": bytes(body.salt).hex(), "body": body.text}


def _inclusion(tenant: UUID, size: int) -> list[str]:
    mine = Leaf.objects.filter(tenant=tenant, position__lt=size).order_by("sequence")
    ranges = tree.inclusion(size, list(mine.values_list("position", flat=True)))
    return [each.hex() for each in tree.hashes(stored_hashes, list(ranges))]


def _map(proof: Proof) -> dict[str, object]:
    other = proof.other and {"key": proof.other.key.hex(), "value": proof.other.value.hex()}
    return {"siblings": [sibling.hex() for sibling in proof.siblings], "other": other}


def _earlier(tenant: UUID, checkpoint: Checkpoint, asked: int | None) -> list[dict[str, object]]:
    """Return the newest checkpoints that the tenant was given before, oldest first, with their consistency proofs.

    Many exports push older ones off. One that somebody holds is listed when it is asked for by its size.
    """
    given = Export.objects.filter(tenant=tenant, checkpoint__lt=checkpoint.pk).order_by("-checkpoint")
    exports = list(given.select_related("checkpoint")[:_EARLIER])
    if asked is not None and all(export.checkpoint.size != asked for export in exports):
        exports += given.select_related("checkpoint").filter(checkpoint__size=asked)[:1]
    notes = [export.checkpoint for export in reversed(exports)]
    if any(note.size > checkpoint.size for note in notes):
        raise LedgerError("tampered", "An earlier checkpoint is of a longer log.", permanent=True)
    proofs = _split([tree.consistency(note.size, checkpoint.size) for note in notes])
    return [{"checkpoint": note.text, "proof": proof} for note, proof in zip(notes, proofs, strict=True)]


def _split(plans: Sequence[Sequence[tree.Range]]) -> list[list[str]]:
    """Look all ranges up at once and return their hashes plan by plan."""
    found = [each.hex() for each in tree.hashes(stored_hashes, [each for plan in plans for each in plan])]
    return [found[start:end] for start, end in pairwise(accumulate(map(len, plans), initial=0))]
