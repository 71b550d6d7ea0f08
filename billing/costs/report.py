"""The cost report: what one month cost, by model, project, key and class of token, for the page and the CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from billing.costs.classes import ModelCost, model_costs
from billing.costs.parts import Part, key_costs, project_costs
from billing.costs.scope import Scope
from billing.spend import Spend, spend_in
from catalog.money import MILLION


@dataclass(frozen=True)
class CostReport:
    """Amounts in pico-dollars. All parts of it come to the same total."""

    scope: Scope

    @cached_property
    def spend(self) -> Spend:
        """Return the days, the same days of the month before, and the forecast."""
        return spend_in(self.scope.hours(), self.scope.now)

    @cached_property
    def models(self) -> Sequence[ModelCost]:
        return model_costs(self.scope)

    def project_parts(self, most: int | None = None) -> Sequence[Part]:
        return project_costs(self.scope, most)

    def key_parts(self, most: int | None = None) -> Sequence[Part]:
        return key_costs(self.scope, most)

    @property
    def total(self) -> int:
        return sum(each.amount for each in self.models)

    @property
    def tokens(self) -> int:
        return sum(each.tokens for each in self.models)

    @property
    def requests(self) -> int:
        return sum(each.requests for each in self.models)

    @property
    def saved(self) -> int:
        """Return what the cached tokens would have cost more at the price of input."""
        return sum(each.saved for each in self.models)


def per_million(amount: int, tokens: int, places: int = 4) -> int | None:
    """Return the effective price of a million tokens, rounded to so many decimals of a dollar; None of no tokens."""
    unit = 10 ** (12 - places)
    return (2 * amount * MILLION + tokens * unit) // (2 * tokens * unit) * unit if tokens else None
