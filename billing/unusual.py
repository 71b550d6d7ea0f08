"""Whether an amount is unusual for its time of the week: pure, by rule, in whole pico-dollars and without a float.

The usual is the median of the same time in the weeks before, and their spread the median of how far they are off it.
"""

from collections.abc import Sequence

WEEKS = 8  # that are looked at
_FEWEST = 4  # weeks; fewer say nothing about what is usual
_TIMES = 3  # what is usual
_SPREADS = 6


def usual(before: Sequence[int]) -> int | None:
    """Return what is usual, by the same time in the weeks before; None of too few of them."""
    return _median(before) if len(before) >= _FEWEST else None


def is_unusual(spent: int, before: Sequence[int], recent: int, least: int) -> bool:
    """Tell whether an amount is far above what is usual.

    By `least` or more, by a factor, by a multiple of the spread; and above `recent`, the most of the days before,
    so that what runs each day at another hour is usual, and what somebody was told of is not news for a week.
    """
    middle = usual(before)
    if middle is None:
        return False
    spread = _median([abs(amount - middle) for amount in before])
    return spent >= max(middle + least, _TIMES * middle) and spent > max(middle + _SPREADS * spread, recent)


def _median(amounts: Sequence[int]) -> int:
    """Return the middle one, of an even number the mean of the two."""
    ranked, half = sorted(amounts), len(amounts) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) // 2
