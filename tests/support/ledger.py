"""A log to prove things about: openings of two tenants, a signer, bundles, and the verifier as a person runs it."""

import copy
import importlib.util
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.append import append_leaves
from ledger.bundle import proof_bundle
from ledger.checkpoints import sign_checkpoint
from ledger.leaves import Entry
from ledger.models import Checkpoint, LeafType
from ledger.notes import Note, Signer, open_note
from ledger.pen import Pen
from vault.unsealer import unsealer

VERIFIER = Path(__file__).parents[2] / "ledger" / "verifier" / "verify_ledger.py"
PEN = Pen(bytes(range(32)))
SIGNER = Signer("console.example.com/ledger", Ed25519PrivateKey.from_private_bytes(bytes(range(32))), PEN)

LLAMAS, OUTSIDERS = UUID(int=0xA11CE), UUID(int=0x0771)
PURPOSES = {"own-account": ["accounts.User.email", "accounts.User.phone"], "sms": ["accounts.User.phone"]}


def opening(tenant: UUID = LLAMAS, number: int = 1, **changes: Any) -> Entry:
    more = {"fields": ["accounts.User.email"], "subjects": [str(UUID(int=number))], "case": None}
    fields: dict[str, Any] = {"purpose": "own-account", "more": more, **changes}
    return Entry(tenant, LeafType.OPENING, f"user:{UUID(int=number)}", **fields)


def destruction(tenant: UUID = LLAMAS) -> Entry:
    more = {"keys": ["k1"], "planes": ["data"], "horizon": "2027-01-01"}
    return Entry(tenant, LeafType.DESTRUCTION, "system:unsealer", more=more)


def unsealer_pen() -> Pen:
    """Return the pen of the unsealer in this process."""
    pen: Pen = unsealer()._transport._keyring.pen  # type: ignore[attr-defined]
    return pen


def append(count: int, *tenants: UUID) -> None:
    """Append openings, the tenants taking turns."""
    turns = tenants or (LLAMAS, OUTSIDERS)
    append_leaves([opening(turns[n % len(turns)], n + 1) for n in range(count)], pen=PEN)


def checkpoint(now: float | None = None, pen: Pen = PEN) -> Checkpoint:
    return sign_checkpoint(replace(SIGNER, pen=pen), now=now)


def bundle(tenant: UUID = LLAMAS, at: Checkpoint | None = None) -> dict[str, Any]:
    return copy.deepcopy(proof_bundle(tenant, SIGNER.public_key, at or checkpoint(), PURPOSES))


def resign(text: str, signer: Signer = SIGNER, **changes: Any) -> str:
    """Return the checkpoint with other statements, signed as whoever holds the key could."""
    note = open_note(text, SIGNER.public_key)
    values = {name: getattr(note, name) for name in ("size", "root", "map", "time")}
    return Note(**{"name": signer.name, **values, **changes}).sign(signer.private_key)


def load_verifier() -> Any:
    specification = importlib.util.spec_from_file_location("ledger.verifier.verify_ledger", VERIFIER)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


_verifier = cache(load_verifier)


def verify(folder: Path, *bundles: dict[str, Any] | str, key: str | None = None) -> int:
    """Run the verifier on these bundles; return its exit code."""
    paths = []
    for number, each in enumerate(bundles):
        path = folder / f"{number}.json"
        path.write_text(each if isinstance(each, str) else json.dumps(each))
        paths.append(str(path))
    return int(_verifier().main([*paths, *(["--key", key] if key else [])]))
