"""Who a leaf names, as people read it. Names are sealed, and nothing is opened to show them: an id stays an id."""

from dataclasses import dataclass

from ledger.actor import Actor

_SYSTEMS = {
    "notifications": "Notifications worker",
    "gateway": "Gateway",
    "worker": "Worker",
    "contact-link": "Whoever has a contact's link",
    "invitation-link": "Whoever has an invitation's link",
}
_KINDS = {"user": "A member", "key": "An admin key", "staff": "Support staff"}
_ID = 8  # the last characters of an id; the first of a UUID of version 7 are the time


@dataclass(frozen=True, slots=True)
class Who:
    label: str
    hint: str = ""  # the end of an id


def who(actor: str, reader: Actor) -> Who:
    """Return the name of an actor; the reader of the page is "You"."""
    kind, _, name = actor.partition(":")
    if actor == str(reader):
        return Who("You")
    if actor == str(Actor.operator()):
        return Who("Operator at the server")
    if kind == "system":
        return Who(_SYSTEMS.get(name, f"System: {name}"))
    if kind in _KINDS and name:
        return Who(_KINDS[kind], _short(name))
    return Who(actor or "Nobody named")


def _short(name: str) -> str:
    return f"…{name[-_ID:]}" if len(name) > 12 else name
