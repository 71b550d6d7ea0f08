"""Identifiers: UUID version 7, so that primary keys follow time and indexes stay dense."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

# The tenant of what belongs to the installation and not to a customer.
INSTALLATION = UUID("00000000-0000-8000-8000-000000000000")


def first_id(moment: datetime) -> UUID:
    """Return the lowest id of a moment's millisecond: what was made before it has a lower one."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62)


def new_id() -> UUID:
    """Return a new time-ordered id (RFC 9562, version 7)."""
    return uuid7()
