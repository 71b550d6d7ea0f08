"""The newest signed checkpoint as the page shows it. It repeats the note; checking it is the verifier's work."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from ledger.checkpoints import latest_checkpoint
from ledger.models import Checkpoint
from ledger.queries import covered

DUE = timedelta(minutes=3)  # one is signed each minute; after three something is wrong


class State(StrEnum):
    FRESH = "fresh"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint for one tenant; `covered` is how many of the tenant's entries it vouches for."""

    state: State
    at: datetime
    size: int
    root: str  # hex; empty if the note cannot be read
    signer: str
    covered: int

    @property
    def is_stale(self) -> bool:
        return self.state is State.STALE


def signed(tenant: UUID, now: datetime) -> Signed | None:
    found = latest_checkpoint()
    return _signed(found, tenant, now) if found else None


def _signed(checkpoint: Checkpoint, tenant: UUID, now: datetime) -> Signed:
    at = datetime.fromtimestamp(checkpoint.time, UTC)
    return Signed(
        state=State.STALE if now - at > DUE else State.FRESH,
        at=at,
        size=checkpoint.size,
        root=_root(checkpoint.text),
        signer=_signer(checkpoint.text),
        covered=covered(tenant, checkpoint.size),
    )


def _root(note: str) -> str:
    lines = note.split("\n")
    try:
        return base64.b64decode(lines[2], validate=True).hex()
    except (IndexError, binascii.Error, ValueError):
        return ""


def _signer(note: str) -> str:
    _, _, signatures = note.partition("\n\n")
    words = signatures.split(" ")
    return words[1] if len(words) > 2 and words[0] == "—" else ""
