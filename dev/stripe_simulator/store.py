"""All objects by kind and id, in the order they were made. One thread, no waiting inside a change: each is whole."""

import secrets
import string
from collections.abc import Iterator

from dev.stripe_simulator.errors import Json, no_such

_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(24))}"


class Store:
    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, Json]] = {}
        # What Stripe knows and never tells, by id: a payment method's test card, a balance transaction's payout, …
        self.notes: dict[str, Json] = {}

    def add(self, made: Json) -> Json:
        self._kinds.setdefault(made["object"], {})[made["id"]] = made
        return made

    def remove(self, gone: Json) -> None:
        del self._kinds[gone["object"]][gone["id"]]

    def find(self, kind: str, id: str | None) -> Json | None:
        return self._kinds.get(kind, {}).get(id or "")

    def get(self, kind: str, id: str, param: str = "id") -> Json:
        """Return the object or refuse; `param` is what named it, "id" the address."""
        found = self.find(kind, id)
        if found is None or (found.get("deleted") and param != "id"):
            raise no_such(kind, id, param)
        return found

    def anything(self, id: str) -> Json:
        """Return the object of an id, whatever its kind."""
        for objects in self._kinds.values():
            if id in objects:
                return objects[id]
        raise no_such("object", id)

    def where(self, kind: str, **equal: object) -> Iterator[Json]:
        """Yield objects with these values, oldest first."""
        for found in list(self._kinds.get(kind, {}).values()):
            if not found.get("deleted") and all(found.get(name) == value for name, value in equal.items()):
                yield found

    def note(self, id: str, **more: object) -> Json:
        noted = self.notes.setdefault(id, {})
        noted.update(more)
        return noted

    def as_json(self) -> Json:
        return {"kinds": self._kinds, "notes": self.notes}

    def load(self, saved: Json) -> None:
        self._kinds, self.notes = saved["kinds"], saved["notes"]
