"""Everything that one simulator is: its time, objects, keys, events and faults."""

import copy
from collections import deque
from dataclasses import dataclass

from dev.stripe_simulator.clock import Clock
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.faults import Faults
from dev.stripe_simulator.idempotency import Keys
from dev.stripe_simulator.parameters import VERSION
from dev.stripe_simulator.store import Store, new_id
from dev.stripe_simulator.webhooks import Habits, Webhooks

REMEMBERED = 1000  # requests


@dataclass(frozen=True, slots=True)
class Cause:
    """The request that changes something, as its events name it."""

    request_id: str | None = None
    key: str | None = None


class World:
    def __init__(self, url: str, console: str, secret: str) -> None:
        """`url`: where browsers find the pages; `console`: whose webhooks are called."""
        self.url = url
        self.clock = Clock()
        self.store = Store()
        self.keys = Keys()
        self.faults = Faults()
        self.webhooks = Webhooks(secret, self.clock.exact)
        self.point_at(console)
        self.taxes: dict[str, int] = {}  # per cent by country: where the seller is registered
        self.requests: deque[Json] = deque(maxlen=REMEMBERED)
        self.cause = Cause()
        self.changed = False

    def point_at(self, console: str) -> None:
        """Say whose webhooks are called, and where forms may lead to."""
        self.console = console
        self.webhooks.url = f"{console}/stripe/webhook/"

    def now(self) -> int:
        return self.clock.now()

    def make(self, kind: str, prefix: str, **values: object) -> Json:
        """Add an object with an id, its moment, and what it is given."""
        return self.store.add(
            {"id": new_id(prefix), "object": kind, "created": self.now(), "livemode": False, **values}
        )

    def emit(self, type: str, about: Json, previous: Json | None = None) -> None:
        """Tell of a change: an event with the object as it is now."""
        data: Json = {"object": copy.deepcopy(about)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = self.make(
            "event",
            "evt",
            api_version=VERSION,
            data=data,
            pending_webhooks=1,
            request={"id": self.cause.request_id, "idempotency_key": self.cause.key},
            type=type,
        )
        self.webhooks.add(event)
        self.changed = True

    def reset(self) -> None:
        self.clock.ahead = 0.0
        self.store, self.keys = Store(), Keys()
        self.faults.clear()
        self.webhooks.forget()
        self.webhooks.habits = Habits()
        self.taxes.clear()
        self.requests.clear()
        self.changed = True

    def as_json(self) -> Json:
        return {
            "ahead": self.clock.ahead,
            "taxes": self.taxes,
            "store": self.store.as_json(),
            "keys": self.keys.as_json(),
            "webhooks": self.webhooks.as_json(),
        }

    def load(self, saved: Json) -> None:
        self.clock.ahead, self.taxes = saved["ahead"], saved["taxes"]
        self.store.load(saved["store"])
        self.keys.load(saved["keys"])
        self.webhooks.load(saved["webhooks"])
