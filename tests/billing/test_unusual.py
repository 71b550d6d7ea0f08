"""The rule of what is unusual, by numbers alone."""

import pytest

from billing.unusual import is_unusual, usual


@pytest.mark.parametrize(
    ("spent", "before", "recent", "expected"),
    [
        (41, [6, 5, 7, 6], 8, True),
        (41, [6, 5, 7], 8, False),  # too few weeks to tell
        (15, [6, 5, 7, 6], 8, False),  # cents above the usual, or dollars: below the least
        (29, [10, 10, 10, 10], 11, False),  # less than three times
        (30, [10, 10, 10, 10], 11, True),
        (40, [10, 2, 18, 3, 17, 10], 20, False),  # it goes up and down as much anyway: 10 + 6 * 7
        (53, [10, 2, 18, 3, 17, 10], 20, True),
        (30, [0, 0, 0, 0], 30, False),  # another hour of the days before cost as much
        (31, [0, 0, 0, 0], 30, True),
    ],
)
def test_what_is_far_above_the_usual_is_unusual(spent: int, before: list[int], recent: int, expected: bool) -> None:
    assert is_unusual(spent, before, recent, least=10) is expected


def test_the_usual_is_the_middle_so_that_one_odd_week_changes_nothing() -> None:
    assert usual([6, 900, 5, 6]) == 6
    assert usual([1, 2, 4, 9]) == 3
    assert usual([1, 2, 3]) is None
