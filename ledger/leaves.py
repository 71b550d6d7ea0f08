"""What a leaf is: its header, commitment and hash, byte for byte as docs/ledger.md says. Pure functions."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from ledger.models.leaf import LeafType

HASH_SIZE = SALT_SIZE = 32
NO_HASH = bytes(HASH_SIZE)
_VERSION = b"\x01"
Plain: TypeAlias = str | int | None
Member: TypeAlias = Plain | Sequence[str] | Mapping[str, Plain]  # no deeper, and no fractions: every verifier reads it


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to record. `more` holds the members that its type has beside these; ids and counts only."""

    tenant: UUID
    type: LeafType
    actor: str
    purpose: str = ""
    grant: UUID | None = None
    event: UUID | None = None
    more: Mapping[str, Member] = field(default_factory=dict)

    def body(self) -> str:
        """Return the body as JSON, members in order of their names."""
        own = {"type": self.type.value, "actor": self.actor, "purpose": self.purpose or None}
        ids = {"grant": str(self.grant) if self.grant else None, "event": str(self.event) if self.event else None}
        known = {name: value for name, value in {**own, **ids}.items() if value is not None}
        return json.dumps({**self.more, **known}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Header:
    """The part of a leaf that stays for ever. `at` is in microseconds since 1970."""

    position: int
    tenant: UUID
    sequence: int
    at: int
    previous: bytes
    commitment: bytes

    def hash(self) -> bytes:
        """Return the SHA-256 of the leaf; the 0x00 in front marks it as one (RFC 6962, section 2.1)."""
        numbers = self.position.to_bytes(8, "big"), self.sequence.to_bytes(8, "big"), self.at.to_bytes(8, "big")
        position, sequence, at = numbers
        header = _VERSION + position + self.tenant.bytes + sequence + at + self.previous + self.commitment
        return hashlib.sha256(b"\x00" + header).digest()


def commit(salt: bytes, body: str) -> bytes:
    """Return the commitment to a body. The salt keeps a short body from being guessed once it was erased."""
    return hashlib.sha256(salt + body.encode()).digest()
