"""The seal beside the headline: one guilloche curve that the template draws four times, turned."""

import math
from functools import cache

TURNS = ("6.43", "12.86", "19.29")
_CENTRE, _BASE, _AMPLITUDE, _PETALS, _POINTS = 60, 45, 7, 14, 140


@cache
def curve() -> str:
    """Return the path of the curve in a box of 120 by 120."""
    return "M" + "L".join(_point(2 * math.pi * index / _POINTS) for index in range(_POINTS)) + "Z"


def _point(angle: float) -> str:
    radius = _BASE + _AMPLITUDE * math.cos(_PETALS * angle)
    return f"{_CENTRE + radius * math.cos(angle):.1f} {_CENTRE + radius * math.sin(angle):.1f}"
