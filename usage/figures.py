"""Numbers for reading, as the page's language writes them."""

from django.utils.formats import number_format

_UNITS = ((10**12, "T"), (10**9, "B"), (10**6, "M"))


def exact(value: int) -> str:
    """Return a whole number with separators."""
    return number_format(value, force_grouping=True)


def count(value: int) -> str:
    """Return a whole number with separators, exact up to ten million, then rounded to three digits and a unit."""
    if abs(value) < 10**7:
        return exact(value)
    size, unit = next((size, unit) for size, unit in _UNITS if abs(value) >= size)
    return f"{_decimals(value / size, 2)}{unit}"


def compact(value: int) -> str:
    """Return a number in at most five characters and a unit, for headings that have the exact one below."""
    if abs(value) < 10**5:
        return exact(value)
    size, unit = next((size, unit) for size, unit in (*_UNITS, (10**3, "k")) if abs(value) >= size)
    return f"{_decimals(value / size, 2)}{unit}" if unit != "k" else f"{value / size:.0f}k"


def axis(value: int) -> str:
    """Return a round number of an axis as short as it goes: 250k, 1.5M."""
    if value < 10**4:
        return exact(value)
    size, unit = next((size, unit) for size, unit in (*_UNITS, (10**3, "k")) if value >= size)
    return f"{number_format(f'{value / size:g}')}{unit}"


def change(now: int, before: int) -> str:
    """Return the relative change in percent, or nothing where there is nothing to compare with."""
    if not before:
        return ""
    return f"{_signed(100 * (now - before) / before, 1)}%"


def points(difference: float) -> str:
    """Return a difference between two percentages."""
    return _signed(difference, 2)


def percent(value: float, places: int) -> str:
    return f"{_decimals(value, places)}%"


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "0.0"


def duration(milliseconds: int) -> str:
    return f"{exact(milliseconds)} ms" if milliseconds < 1000 else f"{_decimals(milliseconds / 1000, 2)} s"


def axis_duration(milliseconds: int) -> str:
    """Return a round duration of an axis as short as it goes: 250 ms, 1.5 s."""
    if milliseconds < 1000:
        return f"{exact(milliseconds)} ms"
    return f"{number_format(f'{milliseconds / 1000:g}')} s"


def _decimals(value: float, places: int) -> str:
    return number_format(f"{value:.{places}f}", force_grouping=True)


def _signed(value: float, places: int) -> str:
    sign = "−" if f"{value:+.{places}f}".startswith("-") else "+"
    return f"{sign}{_decimals(abs(value), places)}"
