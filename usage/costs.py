"""Costs row by row: what each class of tokens cost for a step and group, where that can be said exactly.

Calls have the price version of their moment, and the rollup does not say which. Where one version was in effect for a
whole bucket its sums tell; where another began within it, the calls themselves are counted. What does not add up to
the very amount that was charged, because calls are gone, is left open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from catalog.models import Price
from usage.events import FIRST_DIGIT, events_of
from usage.keyset import chunks
from usage.models import UsageEvent
from usage.queries import Group, Question
from usage.rows import Place, following, rest_of

CLASSES = ("input", "cached_input", "output")
_TOKENS = ("prompt_tokens", "cached_tokens", "completion_tokens")


@dataclass(slots=True)
class Charge:
    """Tokens of one class, what they cost in pico-dollars, and the rates by which."""

    tokens: int = 0
    amount: int = 0
    rates: set[int] = field(default_factory=set)

    def add(self, tokens: int, rate: int) -> None:
        if tokens:
            self.tokens += tokens
            self.amount += tokens * rate
            self.rates.add(rate)

    @property
    def rate(self) -> int | None:
        """Return pico-dollars a token; None where there were several prices, or no tokens."""
        return next(iter(self.rates)) if len(self.rates) == 1 else None


@dataclass(slots=True)
class Cost:
    """What one group cost in one step."""

    start: datetime
    group: str
    requests: int = 0
    amount: int = 0
    charges: dict[str, Charge] = field(default_factory=lambda: {name: Charge() for name in CLASSES})

    @property
    def place(self) -> Place:
        return Place(self.start, self.group)

    @property
    def is_exact(self) -> bool:
        """Tell whether the classes come to what was charged."""
        return sum(charge.amount for charge in self.charges.values()) == self.amount

    def charge(self, price: Price | None, prompt: int, cached: int, completion: int) -> None:
        if price:
            tokens = (prompt - cached, cached, completion)
            rates = (price.input_rate, price.cached_input_rate, price.output_rate)
            for name, count, rate in zip(CLASSES, tokens, rates, strict=True):
                self.charges[name].add(count, rate)


def costs(question: Question, after: Place | None = None) -> Iterator[Cost]:
    """Yield the costs of a question that have calls, by step and then by group."""
    yield from following(_Reader(rest_of(question, after)).steps(), after)


class _Reader:
    def __init__(self, question: Question) -> None:
        self._question = question
        self._prices: dict[str, list[Price]] = {}
        for price in Price.objects.order_by("-version"):
            self._prices.setdefault(price.model_id, []).append(price)

    def steps(self) -> Iterator[dict[str, Cost]]:
        """Yield the costs of each step by group."""
        question, step = self._question, dict[str, Cost]()
        began: datetime | None = None
        divided: set[tuple[datetime, str]] = set()
        columns = (question.group.column, "model", "requests", "amount", *_TOKENS)
        for chunk in chunks(question.rows(), "start", columns):
            for at, _pk, value, model, requests, amount, *tokens in chunk:
                if (start := question.period.bucket_of(at)) != began:
                    yield self._completed(step, divided)
                    step, divided, began = {}, set(), start
                name = question.name_of(value)
                cost = step.get(name) or step.setdefault(name, Cost(start, name))
                cost.requests += requests
                cost.amount += int(amount)
                if self._is_divided(model, at):
                    divided.add((at, model))
                else:
                    cost.charge(self._price(model, at), *tokens)
        yield self._completed(step, divided)

    def _price(self, model: str, moment: datetime) -> Price | None:
        return next((price for price in self._prices.get(model, ()) if price.effective_from <= moment), None)

    def _is_divided(self, model: str, start: datetime) -> bool:
        """Tell whether a price began within a bucket."""
        end = start + self._question.period.step.grain.length
        return any(start < price.effective_from < end for price in self._prices.get(model, ()))

    def _completed(self, step: dict[str, Cost], divided: set[tuple[datetime, str]]) -> dict[str, Cost]:
        """Add what calls say of the buckets in which a price began."""
        for start, model in sorted(divided):
            versions = {price.version: price for price in self._prices[model]}
            for value, version, *tokens in self._calls(start, model):
                if cost := step.get(self._question.name_of(value)):
                    cost.charge(versions.get(version), *tokens)
        return step

    def _calls(self, start: datetime, model: str) -> QuerySet[UsageEvent, tuple[Any, ...]]:
        question = self._question
        end = start + question.period.step.grain.length
        calls = events_of(question.organization_id, question.where, start, end).filter(model=model)
        group: Any = FIRST_DIGIT if question.group is Group.STATUS else question.group.column
        counted = calls.values_list(group, "price_version").annotate(*(Sum(name) for name in _TOKENS))
        return counted.order_by()
