"""The rates of a price version, and how people give them: USD per million tokens."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

from catalog.models import Price, TokenClass
from catalog.money import pico_per_token

_NEEDED_OF_BATCH = {TokenClass.BATCH_INPUT, TokenClass.BATCH_OUTPUT}
_BATCH = _NEEDED_OF_BATCH | {TokenClass.BATCH_CACHED_INPUT}


class Rates(TypedDict):
    """Pico-dollars a token. The batch rates go together: without them the model has no batch price."""

    input_rate: int
    cached_input_rate: int
    output_rate: int
    batch_input_rate: NotRequired[int | None]
    batch_cached_input_rate: NotRequired[int | None]
    batch_output_rate: NotRequired[int | None]


def rates_of(usd: Mapping[TokenClass, Decimal | None]) -> Rates:
    """Turn list prices into rates; ValueError if one is too fine or too high, or if half of a batch price is missing.

    Cached input that is not given costs what other input does.
    """
    rates = {each: pico_per_token(price) for each, price in usd.items() if price is not None}
    if TokenClass.INPUT not in rates or TokenClass.OUTPUT not in rates:
        raise ValueError("Give the price of input and of output.")
    if rates.keys() & _BATCH and not rates.keys() >= _NEEDED_OF_BATCH:
        raise ValueError("Give the price of a batch’s input and of its output, or neither.")
    return Rates(
        input_rate=rates[TokenClass.INPUT],
        cached_input_rate=rates.get(TokenClass.CACHED_INPUT, rates[TokenClass.INPUT]),
        output_rate=rates[TokenClass.OUTPUT],
        batch_input_rate=rates.get(TokenClass.BATCH_INPUT),
        batch_cached_input_rate=rates.get(TokenClass.BATCH_CACHED_INPUT, rates.get(TokenClass.BATCH_INPUT)),
        batch_output_rate=rates.get(TokenClass.BATCH_OUTPUT),
    )


def rates_in(price: Price) -> dict[str, Any]:
    """Return the rates of a version by their names, for the record."""
    return {f"{each}_rate": price.rate(each) for each in TokenClass}
