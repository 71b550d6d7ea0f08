"""Cents: the total and what is due are rounded once, and the lines sum to the total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoices.amounts import Amounts, in_cents, split_cents
from catalog.money import CENT
from tests.support.invoices import load_verifier

PICO = st.integers(0, 10**17)
LINES = st.lists(st.one_of(PICO, st.integers(0, 3 * CENT), st.sampled_from([0, CENT // 2, CENT])), max_size=40)
AMOUNTS = st.tuples(PICO, st.integers(0, 10**17), st.integers(-(10**17), 10**17)).map(
    lambda each: Amounts(each[0], min(each[1], each[0]), max(each[2], min(each[1], each[0]) - each[0]))
)


@pytest.mark.parametrize(
    ("pico", "cents"),
    [(0, 0), (CENT // 2 - 1, 0), (CENT // 2, 1), (CENT, 1), (3 * CENT // 2 - 1, 1), (199 * CENT, 199)],
)
def test_half_a_cent_is_one(pico: int, cents: int) -> None:
    assert in_cents(pico) == cents


@given(LINES)
def test_lines_sum_to_the_total_and_each_is_less_than_a_cent_off(amounts: list[int]) -> None:
    cents = split_cents(amounts)
    assert sum(cents) == in_cents(sum(amounts))
    assert all(abs(each * CENT - amount) < CENT for each, amount in zip(cents, amounts, strict=True))


@given(LINES)
def test_who_loses_more_gets_the_cent_first(amounts: list[int]) -> None:
    gained = [(each * CENT > amount, amount % CENT) for each, amount in zip(split_cents(amounts), amounts, strict=True)]
    least = min((rest for up, rest in gained if up), default=CENT)
    assert all(rest <= least for up, rest in gained if not up)


def test_of_equal_lines_the_first_gets_the_cent() -> None:
    assert split_cents([CENT // 2, CENT // 2]) == [1, 0]


@given(AMOUNTS)
def test_the_cents_add_up_and_what_rounding_adds_is_at_most_half_a_cent(amounts: Amounts) -> None:
    cents = amounts.cents()
    assert cents["total"] - cents["credit"] + cents["carried"] == cents["due"]
    assert cents["due"] * CENT == amounts.exact + amounts.rounding
    assert -CENT < 2 * amounts.rounding <= CENT
    assert 0 <= cents["credit"] <= cents["total"]


@given(AMOUNTS.filter(lambda each: not each.carried))
def test_where_nothing_is_carried_no_cent_is(amounts: Amounts) -> None:
    assert amounts.cents()["carried"] == 0


@given(LINES)
def test_the_verifier_splits_alike(amounts: list[int]) -> None:
    assert load_verifier().split_cents(amounts) == split_cents(amounts)
