"""The price book as people and programs read it: what is in effect, what comes, and what was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from catalog.models import Model, Price, TokenClass

TITLES: dict[TokenClass, str | Promise] = {
    TokenClass.INPUT: gettext_lazy("Input"),
    TokenClass.CACHED_INPUT: gettext_lazy("Cached input"),
    TokenClass.OUTPUT: gettext_lazy("Output"),
    TokenClass.BATCH_INPUT: gettext_lazy("Batch input"),
    TokenClass.BATCH_CACHED_INPUT: gettext_lazy("Batch cached input"),
    TokenClass.BATCH_OUTPUT: gettext_lazy("Batch output"),
}


class State(StrEnum):
    COMING = "coming"
    IN_EFFECT = "in-effect"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a price, and when it is in effect."""

    price: Price
    begins: datetime
    ends: datetime | None
    state: State


@dataclass(frozen=True, slots=True)
class Priced:
    """A model, its price now, and what comes, the soonest first."""

    model: Model
    current: Version | None
    coming: tuple[Version, ...]


def price_list(models: Iterable[Model], now: datetime) -> list[Priced]:
    """Return the models with their prices, in one query for all of them."""
    listed = list(models)
    found: dict[str, list[Version]] = {}
    for price in Price.objects.filter(model__in=listed).from_moment(now).order_by("version"):
        found.setdefault(price.model_id, []).append(_version(price, now))
    return [_priced(model, found.get(model.pk, [])) for model in listed]


def history(model: Model, now: datetime) -> list[Version]:
    """Return all versions of a model's price, the newest first."""
    return [_version(price, now) for price in model.prices.with_end().order_by("-version")]


def _priced(model: Model, versions: Sequence[Version]) -> Priced:
    current = next((each for each in versions if each.state is State.IN_EFFECT), None)
    return Priced(model, current, tuple(each for each in versions if each.state is State.COMING))


def _version(price: Price, now: datetime) -> Version:
    ends: datetime | None = price.effective_until  # type: ignore[attr-defined]  # annotated by `with_end`
    if price.effective_from > now:
        state = State.COMING
    else:
        state = State.IN_EFFECT if ends is None or ends > now else State.PAST
    return Version(price, price.effective_from, ends, state)


@dataclass(frozen=True, slots=True)
class Line:
    """Tokens of one class of an example, and what they cost."""

    title: str | Promise
    tokens: int
    rate: int
    amount: int


# A call as a chat makes them: most of its input was read before.
_EXAMPLE = {TokenClass.INPUT: 500, TokenClass.CACHED_INPUT: 1500, TokenClass.OUTPUT: 300}


def example(price: Price) -> tuple[list[Line], int]:
    """Return what a call costs, class by class and in all; to the pico-dollar, as it is counted."""
    lines = []
    for token_class, tokens in _EXAMPLE.items():
        rate = price.rate(token_class) or 0
        lines.append(Line(TITLES[token_class], tokens, rate, tokens * rate))
    fresh, cached, output = _EXAMPLE.values()
    return lines, price.amount(fresh + cached, cached, output)
