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
    left, found = list(ids), dict[UUID, Recipient]()
    for finder in _finders:
        if left:  # most messages go to users, who are looked for first
            found |= {recipient.pk: recipient for recipient in finder(left)}
            left = [each for each in left if each not in found]
    return found
