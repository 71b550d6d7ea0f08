"""The kinds of event there are. Each room registers its own in its `notices.py`.

An event tells which row something happened to, by ids alone: who wants to know more asks the API.
"""

from dataclasses import dataclass
from uuid import UUID

from notifications.models import Channel
from notifications.notices import notice

TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Event:
    """What is sent: the body's `data`."""

    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind: its `name` on the wire, a `title` for people, and what its subject's id is called in the data."""

    name: str
    title: str
    subject: str


_events: dict[str, EventKind] = {}


def event(name: str, title: str, *, subject: str) -> None:
    """Register a kind that endpoints can subscribe to."""
    _register(name, subject)
    _events[name] = EventKind(name, title, subject)


def subscribable() -> list[EventKind]:
    return sorted(_events.values(), key=lambda kind: kind.name)


def title_of(name: str) -> str:
    return _events[name].title if name in _events else name


def _register(name: str, subject: str) -> None:
    @notice(name, channel=Channel.WEBHOOK)
    def compose(subject_id: UUID) -> Event:
        return Event({subject: str(subject_id)})


_register(TEST, "endpoint_id")
