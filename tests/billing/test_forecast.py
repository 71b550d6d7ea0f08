"""The forecast: what was spent, the mean of the last days for those that are left, and how far off that may be."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.forecast import Pace, foresee
from catalog.money import PICO

DAY = timedelta(days=1)
_AMOUNTS = st.integers(0, 10**18)


def test_each_day_that_is_left_costs_the_mean_of_the_last_ones() -> None:
    pace = Pace.of([10 * PICO, 30 * PICO])
    assert pace
    assert (pace.days, pace.mean) == (2, 20 * PICO)
    assert foresee(5 * PICO, pace, timedelta(days=3)).amount == 65 * PICO
    assert foresee(5 * PICO, pace, timedelta(hours=6)).amount == 10 * PICO


def test_the_spread_is_that_of_the_days_and_grows_with_the_root_of_those_left() -> None:
    pace = Pace.of([4, 8, 6, 2])  # mean 5, deviations 1, 9, 1, 9: a variance of 20 // 3
    assert pace
    assert pace.variance == 6
    assert foresee(0, Pace(14, 100, 400), 4 * DAY).spread == 40
    assert foresee(0, Pace(14, 100, 400), 0 * DAY).spread == 0


def test_one_day_has_no_spread_and_makes_no_pace() -> None:
    assert Pace.of([5]) is None
    assert Pace.of([]) is None


def test_less_than_what_was_spent_is_never_foreseen() -> None:
    found = foresee(100, Pace(14, 1, 10**6), DAY)
    assert (found.low, found.amount, found.high) == (100, 101, 1101)


def test_a_balance_lasts_as_many_days_as_the_mean_fits_into_it() -> None:
    pace = Pace(14, 3, 0)
    assert [pace.days_of([(credit, None)]) for credit in (10, 2, 0)] == [3, 0, 0]
    assert Pace(14, 0, 0).days_of([(10, None)]) is None


def test_credit_that_expires_lasts_no_longer_and_what_is_spent_after_it_does() -> None:
    pace = Pace(14, 3, 0)
    assert pace.days_of([(300, 40)]) == 40
    assert pace.days_of([(300, 40), (30, None)]) == 50
    assert pace.days_of([(9, 40), (30, None)]) == 13
    assert pace.days_of([(60, 20), (60, 10)]) == 20, "what expired while the first was spent is lost"


@given(st.lists(_AMOUNTS, min_size=2, max_size=14), _AMOUNTS, st.integers(0, 31 * 86_400))
def test_amounts_are_whole_pico_dollars_however_large(amounts: list[int], spent: int, seconds: int) -> None:
    pace = Pace.of(amounts)
    assert pace
    found = foresee(spent, pace, timedelta(seconds=seconds))
    assert {type(each) for each in (found.amount, found.spread, found.low, found.high)} == {int}
    assert spent <= found.low <= found.amount <= found.high
    assert found.amount - spent <= (max(amounts) * seconds) // 86_400 + 1


def test_a_month_that_is_over_costs_what_it_cost() -> None:
    assert foresee(7, Pace(14, 100, 100), timedelta(days=-1)).amount == 7
