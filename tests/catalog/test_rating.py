"""Rating: what tokens cost, exactly, for calls and for batches."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Price, TokenClass
from catalog.money import MILLION, PICO, pico_per_token, usd_per_million
from catalog.rates import rates_of

RATE = st.integers(0, PICO)
TOKENS = st.integers(0, 10**9)
COUNTS = st.tuples(TOKENS, TOKENS, TOKENS)  # read anew, from the cache, written
PRICES = st.builds(Price, **{f"{each}_rate": RATE for each in TokenClass}, version=st.just(1))


def cost(price: Price, counts: tuple[int, int, int], *, batch: bool = False) -> int:
    fresh, cached, output = counts
    return price.amount(fresh + cached, cached, output, batch=batch)


@given(PRICES, COUNTS, st.booleans())
def test_each_token_costs_the_rate_of_its_class(price: Price, counts: tuple[int, int, int], batch: bool) -> None:
    prefix = "batch_" if batch else ""
    rates = [price.rate(TokenClass(prefix + name)) for name in ("input", "cached_input", "output")]
    assert cost(price, counts, batch=batch) == sum(n * int(rate or 0) for n, rate in zip(counts, rates, strict=True))


@given(PRICES, st.lists(COUNTS, max_size=8), st.booleans())
def test_many_calls_cost_together_what_they_cost_one_by_one(
    price: Price, calls: list[tuple[int, int, int]], batch: bool
) -> None:
    together = tuple(sum(call[part] for call in calls) for part in range(3))
    assert cost(price, together, batch=batch) == sum(cost(price, call, batch=batch) for call in calls)  # type: ignore[arg-type]


@given(PRICES, COUNTS)
def test_a_call_costs_nothing_of_a_batch(price: Price, counts: tuple[int, int, int]) -> None:
    without = Price(
        version=1, input_rate=price.input_rate, cached_input_rate=price.cached_input_rate, output_rate=price.output_rate
    )
    assert cost(without, counts) == cost(price, counts)
    with pytest.raises(ValueError, match="no batch price"):
        cost(without, counts, batch=True)


@given(RATE)
def test_a_rate_is_read_back_from_how_it_is_told(rate: int) -> None:
    assert pico_per_token(Decimal(usd_per_million(rate))) == rate
    assert Decimal(usd_per_million(rate)) * PICO == rate * MILLION


@pytest.mark.parametrize(
    "text",
    [
        "0.0000001",
        "-0.01",
        "0.18" + "0" * 30 + "1",
        "NaN",
        "sNaN",
        "Infinity",
        "1e999999",
        "1e-999999",
        "1000000.000001",
    ],
)
def test_a_price_that_is_not_exact_or_beyond_all_measure_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="USD per million"):
        pico_per_token(Decimal(text))


def test_the_largest_price_and_long_zeros_are_taken() -> None:
    assert pico_per_token(Decimal("1e6")) == PICO
    assert pico_per_token(Decimal("0.180" + "0" * 40)) == 180_000


def test_cached_input_costs_what_other_input_does_unless_told() -> None:
    usd = {TokenClass.INPUT: Decimal("0.2"), TokenClass.OUTPUT: Decimal("0.4"), TokenClass.CACHED_INPUT: None}
    batch = {TokenClass.BATCH_INPUT: Decimal("0.1"), TokenClass.BATCH_OUTPUT: Decimal("0.2")}
    plain = rates_of(usd)
    assert (plain["cached_input_rate"], plain["batch_input_rate"]) == (200_000, None)
    assert rates_of(usd | batch)["batch_cached_input_rate"] == 100_000
    assert rates_of(usd | {TokenClass.CACHED_INPUT: Decimal(0)})["cached_input_rate"] == 0


@pytest.mark.parametrize(
    "half",
    [
        {TokenClass.BATCH_INPUT: Decimal(1)},
        {TokenClass.BATCH_OUTPUT: Decimal(1)},
        {TokenClass.BATCH_CACHED_INPUT: Decimal(1)},
        {TokenClass.OUTPUT: None},
    ],
)
def test_half_a_price_is_refused(half: dict[TokenClass, Decimal | None]) -> None:
    with pytest.raises(ValueError, match="Give the price"):
        rates_of({TokenClass.INPUT: Decimal(1), TokenClass.OUTPUT: Decimal(1)} | half)
