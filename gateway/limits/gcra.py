"""The generic cell rate algorithm: a limit a minute as one number, the time at which an allowance is whole again.

Up to a minute's allowance may be used at once; it comes back evenly. Times are seconds of one clock.
"""

from dataclasses import dataclass

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of an allowance is left, and when how much of it is back."""

    limit: int
    remaining: int
    resets_in: float  # until it is whole
    retry_in: float = 0.0  # until what was asked for would fit; infinite if it never does


def advanced(whole_at: float, limit: int, cost: int, now: float) -> float:
    """Return when the allowance is whole again after so much of it was used now."""
    return max(whole_at, now) + cost * MINUTE / limit


def standing(whole_at: float, limit: int, now: float, *, cost: int = 0) -> Standing:
    """Return how an allowance stands, and for a cost when it fits."""
    used = max(0.0, whole_at - now)
    remaining = max(0, int((MINUTE - used) * limit / MINUTE + 1e-6))
    if cost > limit:
        return Standing(limit, remaining, used, float("inf"))
    return Standing(limit, remaining, used, max(0.0, used + cost * MINUTE / limit - MINUTE))


def fits(whole_at: float, limit: int, cost: int, now: float) -> bool:
    """Tell whether so much may be used now; a limit of nothing lets nothing through."""
    return limit > 0 and advanced(whole_at, limit, cost, now) - now <= MINUTE + 1e-9
