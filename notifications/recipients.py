"""Recipients: whoever a message can go to. Rooms above register who they have."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol
from uuid import UUID


class Recipient(Protocol):
    """A row with a sealed `email`, and maybe a sealed `phone`, that says how to speak to whom it belongs to."""

    pk: Any
    language: str  # one of LANGUAGES
    time_zone: str  # of the tz database
    email: Any
    phone: Any  # None for who has none

    @property
    def question(self) -> str:
        """The kind of the only message that goes to them until they agree to more; "" for who has."""
        ...

    @property
    def vault_tenant(self) -> UUID: ...


Finder = Callable[[Iterable[UUID]], Iterable[Any]]
_finders: list[Finder] = []


def register(finder: Finder) -> Finder:
    """Register a function that finds recipients by their ids and leaves out those whom nothing is sent to."""
    _finders.append(finder)
    return finder


def find(ids: Iterable[UUID]) -> dict[UUID, Recipient]:
    """Return the recipients of those ids that exist."""
    wanted = list(ids)
    return {recipient.pk: recipient for finder in _finders for recipient in finder(wanted)}
