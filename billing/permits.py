"""What refuses a call that cannot be paid for: the gateway's word for it, without Django."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Permit(StrEnum):
    """The rule that a purse refuses by."""

    NO_CREDIT = "no-credit"
    OVER_LIMIT = "over-limit"
    OVER_CAP = "over-cap"
    SUSPENDED = "suspended"
    OVER_BUDGET = "over-budget"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a purse does not cover a call, in pico-dollars, as it stood when it was asked."""

    permit: Permit
    limit: int | None = None  # what may be spent: credit, cap, budget
    counter: int | None = None  # what is spent of it, and held for calls under way
    resets_at: datetime | None = None  # when the counter begins anew by itself
