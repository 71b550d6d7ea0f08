"""Recipients: whoever a message can go to. Rooms above register who they have."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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
_batch = threading.local()


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


@contextmanager
def looked_up(ids: Iterable[UUID]) -> Iterator[None]:
    """Inside, `get` answers for these from one look-up, made now: for the seconds that a batch of messages takes."""
    asked = list(ids)
    _batch.found = dict.fromkeys(asked) | find(asked)
    try:
        yield
    finally:
        del _batch.found


def get(id: UUID) -> Recipient | None:
    """Return a recipient as they were when the batch began, or are now."""
    known: dict[UUID, Recipient | None] = getattr(_batch, "found", {})
    return known[id] if id in known else find([id]).get(id)
