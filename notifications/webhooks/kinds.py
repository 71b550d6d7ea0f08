"""The kinds of event there are. Each room registers its own in its `notices.py`.

An event tells which row something happened to, by ids alone: who wants to know more asks the API.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from notifications.models import OutboxMessage

TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Event:
    """What is sent: the body's `data`."""

    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind: its `name` on the wire, a `title` for people, and what its subject's id is called in the data."""

    name: str
    title: str | Promise
    subject: str


_events: dict[str, EventKind] = {}


def event(name: str, title: str | Promise, *, subject: str) -> None:
    """Register a kind that endpoints can subscribe to."""
    _events[name] = EventKind(name, title, subject)


def subscribable() -> list[EventKind]:
    return sorted((kind for kind in _events.values() if kind.name != TEST), key=lambda kind: kind.name)


def title_of(name: str) -> str:
    return str(_events[name].title) if name in _events else name


def event_of(message: OutboxMessage) -> Event:
    """Return what a message of the outbox tells."""
    return Event({_events[message.kind].subject: str(message.subject_id)})


event(TEST, gettext_lazy("Test event"), subject="endpoint_id")
