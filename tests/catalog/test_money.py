"""Money: exact to the pico-dollar, readable to people."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.money import PICO, axis_dollars, dollars, exact_dollars, pico_per_token


@given(st.integers(-(10**30), 10**30))
def test_an_exact_amount_reads_back_to_the_same_picos(pico: int) -> None:
    whole, _, part = exact_dollars(pico).lstrip("-").partition(".")
    assert int(whole) * PICO + int(part.ljust(12, "0")) == abs(pico)
    assert exact_dollars(pico).startswith("-") == (pico < 0)


@pytest.mark.parametrize(
    ("pico", "text"),
    [
        (0, "$0.00"),
        (1, "<$0.0001"),
        (-1, "-<$0.0001"),
        (PICO // 10000, "$0.0001"),
        (440_000_000_000, "$0.44"),
        (415_400_000_000, "$0.4154"),
        (123_456_789 * PICO // 100, "$1,234,567.89"),
        (-5 * PICO, "-$5.00"),
    ],
)
def test_amounts_read_well_and_never_round_to_nothing(pico: int, text: str) -> None:
    assert dollars(pico) == text


def test_the_labels_of_an_axis_differ_also_for_tiny_amounts() -> None:
    step = PICO // 20_000
    assert [axis_dollars(step * n) for n in range(4)] == ["$0", "$0.00005", "$0.0001", "$0.00015"]
    assert axis_dollars(PICO // 5) == "$0.20"


def test_whole_dollars_of_an_axis_have_no_cents_so_that_large_ones_fit() -> None:
    assert [axis_dollars(n * PICO // 2) for n in (1, 2, 3, 30_000)] == ["$0.50", "$1", "$1.50", "$15,000"]


def test_list_prices_become_whole_picos_or_are_refused() -> None:
    assert pico_per_token(Decimal("0.0375")) == 37_500
    with pytest.raises(ValueError, match="whole number"):
        pico_per_token(Decimal("0.0000001"))
    with pytest.raises(ValueError, match="whole number"):
        pico_per_token(Decimal("-1"))
