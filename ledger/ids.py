"""Identifiers: UUID version 7, so that primary keys follow time and indexes stay dense."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new time-ordered id (RFC 9562, version 7)."""
    return uuid7()
