"""The pen: what the unsealer writes leaves with, so that those that somebody else wrote are never signed.

A leaf is made of hashes that need no secret: who may write to the vault's database can make one. The mark beside it is
made with a key of the unsealer's. It stays in the installation; bundles do not show it and verifiers do not need it.
"""

import hashlib
import hmac
from dataclasses import dataclass

MARK_SIZE = 32
_PERSON = b"ledger leaf"


@dataclass(frozen=True, slots=True)
class Written:
    """A leaf that this pen wrote last."""

    position: int
    hash: bytes


class Pen:
    """Marks leaves, and remembers the newest that it wrote: nobody can take that back unnoticed.

    The memory is of this process; what an earlier one wrote since the last checkpoint is not known to it.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.newest: Written | None = None

    def mark(self, leaf_hash: bytes) -> bytes:
        return hashlib.blake2b(leaf_hash, digest_size=MARK_SIZE, key=self._key, person=_PERSON).digest()

    def wrote(self, leaf_hash: bytes, mark: bytes | None) -> bool:
        return mark is not None and hmac.compare_digest(self.mark(leaf_hash), mark)

    def remember(self, position: int, leaf_hash: bytes) -> None:
        """Note a leaf that is committed."""
        if self.newest is None or self.newest.position < position:
            self.newest = Written(position, leaf_hash)
