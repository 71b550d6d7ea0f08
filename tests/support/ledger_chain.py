"""Making forged bundles as consistent as a forger can, so that each check of the verifier is met on its own."""

import base64
import hashlib
from typing import Any
from uuid import UUID

from ledger.leaves import NO_HASH, Header, commit
from ledger.notes import Note, Signer
from ledger.tree import Frontier
from ledger.trie import Trie
from tests.support.ledger import LLAMAS, SIGNER


def rehash(bundle: dict[str, Any]) -> None:
    """Link the leaves of a bundle anew, from their bodies on."""
    previous = NO_HASH
    for leaf in bundle["leaves"]:
        commitment = commit(bytes.fromhex(leaf["salt"]), leaf["body"])
        tenant = UUID(bundle["tenant"])
        header = Header(leaf["position"], tenant, leaf["sequence"], leaf["at"], previous, commitment)
        leaf["previous"], leaf["hash"] = previous.hex(), header.hash().hex()
        previous = header.hash()


def sign(note: str, signer: Signer = SIGNER) -> str:
    """Sign whatever stands above the empty line of a note."""
    text = note.partition("\n\n")[0] + "\n"
    key_id = hashlib.sha256(signer.name.encode() + b"\n\x01" + signer.public_key).digest()[:4]
    signature = base64.b64encode(key_id + signer.private_key.sign(text.encode())).decode()
    return f"{text}\n— {signer.name} {signature}\n"


def other_history(
    bundle: dict[str, Any], *, tenant: UUID = LLAMAS, shorter: bool = False, signer: Signer = SIGNER
) -> dict[str, Any]:
    """Return a bundle that verifies, of a log of the same size (or one shorter) that the tenant alone filled."""
    first = bundle["leaves"][0]
    leaves = [{**first, "position": n, "sequence": n + 1} for n in range(11 if shorter else 12)]
    other = {**bundle, "tenant": str(tenant), "leaves": leaves, "inclusion": [], "earlier": []}
    rehash(other)
    tree = Frontier()
    for leaf in leaves:
        list(tree.append(bytes.fromhex(leaf["hash"])))
    ends = Trie([(tenant, len(leaves), bytes.fromhex(leaves[-1]["hash"]))])
    note = Note(signer.name, len(leaves), tree.root(), ends.root(), 1_800_000_060)
    key = base64.b64encode(signer.public_key).decode()
    return {
        **other,
        "map": {"siblings": [], "other": None},
        "checkpoint": note.sign(signer.private_key),
        "public_key": key,
    }
