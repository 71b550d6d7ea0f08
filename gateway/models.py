"""The models that callers may name, remembered for a second."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from gateway.errors import GatewayError
from gateway.rooms import Rooms

if TYPE_CHECKING:
    from catalog.served import ServedModel
    from keys.verification import Caller

_LIFETIME = 1.0  # seconds


class Models:
    """Answers from memory for a second; many requests at its end cause one query."""

    def __init__(self, rooms: Rooms, clock: Callable[[], float] = time.monotonic) -> None:
        self._rooms = rooms
        self._clock = clock
        self._fetching = asyncio.Lock()
        self._known: dict[str, ServedModel] = {}
        self._until = clock()

    async def served(self) -> "dict[str, ServedModel]":
        """Return the served models by name."""
        if self._clock() >= self._until:
            async with self._fetching:
                if self._clock() >= self._until:
                    self._known = {model.name: model for model in await self._rooms.served_models()}
                    self._until = self._clock() + _LIFETIME
        return self._known

    async def reached(self, caller: "Caller") -> "list[ServedModel]":
        """Return the models that a key may call: by its own list, and by what its organization blocks."""
        return [
            model
            for model in (await self.served()).values()
            if caller.reaches(model.name) and model.policy not in caller.blocked_policies
        ]

    async def find(
        self, name: str, caller: "Caller", *, blocked: "Callable[[str], object] | None" = None
    ) -> "ServedModel":
        """Return the model of that name, or raise a 404, also for one that the organization blocks.

        `blocked` hears of such a one: the organization's people may learn why it is missing, its callers don't.
        """
        model = (await self.served()).get(name)
        if model is not None and model.policy not in caller.blocked_policies:
            return model
        if model is not None and blocked:
            blocked(name)
        raise GatewayError(404, "model_not_found", "The model does not exist.", param="model")


def listing(models: "list[ServedModel]") -> dict[str, object]:
    """Return the list of models as both APIs show it."""
    return {"object": "list", "data": [entry(model) for model in models]}


def entry(model: "ServedModel") -> dict[str, object]:
    """Return one model as both APIs show it."""
    return {"id": model.name, "created": model.created, "object": "model", "owned_by": model.owned_by}
