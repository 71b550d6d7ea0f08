"""What each class of tokens of each model cost in a month, exactly: tokens by the prices that they were rated with.

The rollups know what a model's calls cost together, but neither by class nor by price version. Where one price was in
effect all month, tokens and its rates say the rest, and the sum proves it. Where the price changed, hours say it, each
proven by its own sum; and of the hours for which that fails, as those in which a price began, the calls themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from billing.costs.scope import Scope
from billing.invoices.lines import classes_of, rates_of
from catalog.models import Price
from catalog.models.price import TokenClass
from usage.models import UsageEvent

CLASSES = (TokenClass.INPUT, TokenClass.CACHED_INPUT, TokenClass.OUTPUT)  # in the order of `classes_of`
_TOKENS = [Sum(name) for name in ("prompt_tokens", "cached_tokens", "completion_tokens")]
_AMOUNT = Sum("amount")
_HOUR = timedelta(hours=1)
_AT_ONCE = 100  # hours of calls a query
_Counts = Sequence[int]  # by class
_Uses = dict[tuple[str, int], list[int]]  # counts by model and price version, which is 0 where there was no price
_Hour = tuple[str, datetime]
_Prices = Mapping[tuple[str, int], Price]


@dataclass(frozen=True, slots=True)
class ClassCost:
    """`rates` are the list prices that counted, in pico-dollars a token, the oldest first."""

    name: TokenClass
    tokens: int
    amount: int
    rates: Sequence[int]
    saved: int = 0  # what cached tokens would have cost more as input


@dataclass(frozen=True, slots=True)
class ModelCost:
    model: str
    title: str
    requests: int
    amount: int
    classes: Sequence[ClassCost]

    @property
    def tokens(self) -> int:
        return sum(each.tokens for each in self.classes)

    @property
    def saved(self) -> int:
        return sum(each.saved for each in self.classes)


def model_costs(scope: Scope) -> list[ModelCost]:
    """Return what each model cost, the most expensive first; in two queries, and two more if a price changed."""
    found = scope.rows().values_list("model").annotate(*_TOKENS, _AMOUNT, Sum("requests"))
    rows = {model: list(map(int, sums)) for model, *sums in found}
    known = Price.objects.filter(model_id__in=list(rows)).select_related("model")
    prices = {(price.model_id, price.version): price for price in known}
    titles = {price.model_id: price.model.title for price in known}
    uses, mixed = _Uses(), set()
    for model, (prompt, cached, completion, amount, _requests) in rows.items():
        counts, versions = classes_of(prompt, cached, completion), _in_effect(prices, model, scope) or [0]
        if len(versions) == 1 and _is_proven(counts, amount, prices.get((model, versions[0]))):
            uses[model, versions[0]] = list(counts)
        else:
            mixed.add(model)
    _add_hours(scope, mixed, prices, uses)
    costs = [
        ModelCost(model, titles.get(model, model), sums[4], sums[3], _classes(model, prices, uses))
        for model, sums in rows.items()
    ]
    return sorted(costs, key=lambda each: (-each.amount, -each.tokens, each.model))


def _in_effect(prices: _Prices, model: str, scope: Scope) -> list[int]:
    """Return the versions of a model's price that counted at some moment of the month."""
    begun = [price for (name, _), price in prices.items() if name == model and price.effective_from < scope.end]
    before = [price.version for price in begun if price.effective_from <= scope.start]
    return sorted([*([max(before)] if before else []), *(p.version for p in begun if p.version not in before)])


def _is_proven(counts: _Counts, amount: int, price: Price | None) -> bool:
    return amount == sum(map(int.__mul__, counts, rates_of(price).values()))


def _add_hours(scope: Scope, models: Iterable[str], prices: _Prices, uses: _Uses) -> None:
    """Count these models hour by hour."""
    if not (names := list(models)):
        return
    odd: list[_Hour] = []
    rows = scope.hours().filter(model__in=names, start__gte=scope.start, start__lt=scope.end).order_by()
    for model, start, *sums, amount in rows.values_list("model", "start").annotate(*_TOKENS, _AMOUNT):
        counts, price = classes_of(*map(int, sums)), _at(prices, model, start)
        if _is_proven(counts, int(amount), price):
            _add(uses, model, price.version if price else 0, counts)
        else:
            odd.append((model, start))
    for place in range(0, len(odd), _AT_ONCE):
        _add_calls(scope, odd[place : place + _AT_ONCE], uses)


def _at(prices: _Prices, model: str, moment: datetime) -> Price | None:
    begun = [price for (name, _), price in prices.items() if name == model and price.effective_from <= moment]
    return max(begun, key=lambda price: price.version, default=None)


def _add_calls(scope: Scope, hours: Iterable[_Hour], uses: _Uses) -> None:
    """Count the calls of these hours, each of which names its price."""
    then = Q()
    for model, start in hours:
        then |= Q(model=model, started_at__gte=start, started_at__lt=start + _HOUR)
    events = UsageEvent.objects.filter(scope.place, then).order_by().values_list("model", "price_version")
    for model, version, *sums in events.annotate(*_TOKENS):
        _add(uses, model, version, classes_of(*map(int, sums)))


def _add(uses: _Uses, model: str, version: int, counts: _Counts) -> None:
    known = uses.setdefault((model, version), [0, 0, 0])
    known[:] = map(int.__add__, known, counts)


def _classes(model: str, prices: _Prices, uses: _Uses) -> list[ClassCost]:
    versions = sorted(version for name, version in uses if name == model)
    rates = {version: list(rates_of(prices.get((model, version))).values()) for version in versions}
    costs = []
    for place, name in enumerate(CLASSES):
        tokens = {version: uses[model, version][place] for version in versions}
        saved = sum(tokens[each] * (rates[each][0] - rates[each][place]) for each in versions)
        costs.append(
            ClassCost(
                name=name,
                tokens=sum(tokens.values()),
                amount=sum(tokens[each] * rates[each][place] for each in versions),
                rates=list(dict.fromkeys(rates[each][place] for each in versions if each and tokens[each])),
                saved=saved if name == TokenClass.CACHED_INPUT else 0,
            )
        )
    return costs
