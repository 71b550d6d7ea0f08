"""What a month will likely cost: pure, in whole pico-dollars and without a float.

What was spent, plus the mean of the last fourteen whole days for each day that is left. The spread is the standard
deviation of these days, times the root of the days that are left: as of days that do not depend on each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isqrt

DAYS = 14
_FEWEST = 2  # fewer have no spread
_SECONDS = 86_400
Part = tuple[int, int | None]  # of credit: an amount, and in how many days it expires


@dataclass(frozen=True, slots=True)
class Pace:
    """What a day cost lately: the mean, and the variance, of so many whole days."""

    days: int
    mean: int
    variance: int

    @classmethod
    def of(cls, amounts: Sequence[int]) -> "Pace | None":
        """Return the pace of whole days; None of too few to tell."""
        count = len(amounts)
        if count < _FEWEST:
            return None
        mean = sum(amounts) // count
        return cls(count, mean, sum((amount - mean) ** 2 for amount in amounts) // (count - 1))

    def days_of(self, parts: Iterable[Part]) -> int | None:
        """Return for how many days credit lasts that is spent part by part; None where nothing is spent."""
        if not self.mean:
            return None
        spent = 0
        for amount, days in parts:  # what is left of one that expires is not spent
            end = spent + amount
            spent = end if days is None else max(spent, min(end, days * self.mean))
        return spent // self.mean

    def until_spent(self, amount: int) -> timedelta:
        """Return how long it takes to spend so much; something is spent."""
        return timedelta(seconds=amount * _SECONDS // self.mean)


@dataclass(frozen=True, slots=True)
class Forecast:
    """An amount, and how far off it may well be: about two of three months end within the spread."""

    amount: int
    spread: int
    spent: int

    @property
    def low(self) -> int:
        return max(self.spent, self.amount - self.spread)

    @property
    def high(self) -> int:
        return self.amount + self.spread


def pace_of(daily: Mapping[date, int], today: date) -> Pace | None:
    """Return what the last whole days cost; those before the day of the first usage, and that day, do not count."""
    first = min(daily, default=today)
    days = [today - timedelta(days=count) for count in range(DAYS, 0, -1)]
    return Pace.of([daily.get(day, 0) for day in days if day > first])


def foresee(spent: int, pace: Pace, left: timedelta) -> Forecast:
    """Return what will be spent when so much time has passed at this pace."""
    seconds = max(0, left // timedelta(seconds=1))
    grown = pace.mean * seconds // _SECONDS
    return Forecast(spent + grown, isqrt(pace.variance * seconds // _SECONDS), spent)
