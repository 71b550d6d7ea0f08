"""Identifiers: UUID version 7, so that primary keys follow time and indexes stay dense."""

from uuid import UUID

from uuid_utils.compat import uuid7

# The tenant of what belongs to the installation and not to a customer.
INSTALLATION = UUID("00000000-0000-8000-8000-000000000000")


def new_id() -> UUID:
    """Return a new time-ordered id (RFC 9562, version 7)."""
    return uuid7()
