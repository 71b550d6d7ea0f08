"""The models that callers may name, with what a call of theirs can cost at most."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from catalog.data_policy import DataPolicy
from catalog.models import Model, Price


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model as the API lists it."""

    name: str  # the id that callers use
    upstream_name: str  # the id that the upstream uses
    owned_by: str
    created: int  # Unix seconds
    policy: DataPolicy = DataPolicy.LOCAL
    prices: tuple[Price, ...] = ()  # in effect and to come, the latest first

    def worst(self, prompt: int, completion: int, moment: datetime) -> int:
        """Return what a call of at most so many tokens can cost, in pico-dollars; nothing without a price."""
        for price in self.prices:
            if price.effective_from <= moment:
                # Whether the prompt is cached is known afterwards, and nothing says that this is the cheaper way.
                return max(price.amount(prompt, 0, completion), price.amount(prompt, prompt, completion))
        return 0


def served_models(*, priced: bool = False) -> tuple[ServedModel, ...]:
    """Return every model that is served now, by name; with prices it takes one more query."""
    prices = _prices() if priced else {}
    return tuple(
        ServedModel(
            name=model.name,
            upstream_name=model.upstream_name,
            owned_by=model.owned_by,
            created=int(model.created_at.timestamp()),
            policy=DataPolicy(model.policy),
            prices=tuple(prices.get(model.name, ())),
        )
        for model in Model.objects.filter(is_served=True)
    )


def _prices() -> Mapping[str, list[Price]]:
    found: dict[str, list[Price]] = {}
    for price in Price.objects.from_moment(timezone.now()).order_by("-effective_from"):
        found.setdefault(price.model_id, []).append(price)
    return found
