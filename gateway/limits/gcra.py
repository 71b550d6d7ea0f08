"""The generic cell rate algorithm: a limit a minute as one number, the time at which an allowance is whole again.

Up to a minute's allowance may be used at once; it comes back evenly. Times are seconds of one clock.
"""

from math import inf

from msgspec import Struct

MINUTE = 60.0
_FULL = MINUTE + 1e-9


class Standing(Struct, frozen=True, gc=False):
    """How much of an allowance is left, and when how much of it is back."""

    limit: int
    remaining: int
    resets_in: float  # until it is whole
    retry_in: float = 0.0  # until what was asked for would fit; infinite if it never does


def taken(whole_at: float, limit: int, cost: int, now: float) -> float | None:
    """Return when the allowance is whole again if so much of it is used now; None if it is not there.

    A limit of nothing lets nothing through.
    """
    if not limit:
        return None
    after = (whole_at if whole_at > now else now) + cost * MINUTE / limit
    return after if after - now <= _FULL else None


def standing(whole_at: float, limit: int, now: float, *, cost: int = 0) -> Standing:
    """Return how an allowance stands, and for a cost when it fits."""
    used = max(0.0, whole_at - now)
    remaining = max(0, int((MINUTE - used) * limit / MINUTE + 1e-6))
    if cost > limit:
        return Standing(limit, remaining, used, inf)
    return Standing(limit, remaining, used, max(0.0, used + cost * MINUTE / limit - MINUTE))
