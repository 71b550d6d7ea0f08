"""The proof bundle of a tenant: the one JSON object of docs/ledger.md, in pieces."""

from collections.abc import Iterator
from uuid import UUID


def bundle_for(tenant: UUID) -> Iterator[bytes]:
    """Return the bundle's bytes up to the newest checkpoint, piece by piece."""
    raise NotImplementedError
