"""Numbers for reading."""

_UNITS = ((10**12, "T"), (10**9, "B"), (10**6, "M"))


def count(value: int) -> str:
    """Return a whole number with separators, exact up to ten million, then rounded to three digits and a unit."""
    if abs(value) < 10**7:
        return f"{value:,}"
    size, unit = next((size, unit) for size, unit in _UNITS if abs(value) >= size)
    return f"{value / size:,.2f}{unit}"


def compact(value: int) -> str:
    """Return a number in at most five characters and a unit, for headings that have the exact one below."""
    if abs(value) < 10**5:
        return f"{value:,}"
    size, unit = next((size, unit) for size, unit in (*_UNITS, (10**3, "k")) if abs(value) >= size)
    return f"{value / size:.2f}{unit}" if unit != "k" else f"{value / size:.0f}k"


def axis(value: int) -> str:
    """Return a round number of an axis as short as it goes: 250k, 1.5M."""
    if value < 10**4:
        return f"{value:,}"
    size, unit = next((size, unit) for size, unit in (*_UNITS, (10**3, "k")) if value >= size)
    return f"{value / size:g}{unit}"


def change(now: int, before: int) -> str:
    """Return the relative change in percent, or nothing where there is nothing to compare with."""
    return f"{(now - before) / before:+.1%}".replace("-", "−") if before else ""


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "0.0"


def duration(milliseconds: int) -> str:
    return f"{milliseconds:,} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.2f} s"
