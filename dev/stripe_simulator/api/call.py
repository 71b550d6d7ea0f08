"""One request of a client, and the table of endpoints that each file of this folder adds to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.world import World


@dataclass(frozen=True, slots=True)
class Call:
    params: Json
    path: str
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.ids["id"]

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)


Handler = Callable[[World, Call], Json]


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    params: str  # a TypedDict of `stripe.params`; empty: none but `expand`
    handler: Handler


def changed(found: Json, **values: Any) -> Json:
    """Set values and return what they were, for the event."""
    before = {name: found[name] for name, value in values.items() if found[name] != value}
    found.update(values)
    return before


def metadata(old: Json, given: Any) -> Json:
    """Return metadata after a request: names with empty values go, an empty text empties it."""
    if given == "":
        return {}
    merged = {**old, **(given or {})}
    return {name: value for name, value in merged.items() if value != ""}


def unsupported(given: Json, *names: str) -> None:
    """Refuse parameters that the library knows and this simulator does not carry out."""
    for name in names:
        if name in given:
            text = f"The simulator does not carry out {name}; teach it in dev/stripe_simulator/."
            raise StripeError(text, param=name, stored=False)
