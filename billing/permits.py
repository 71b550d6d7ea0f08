"""What becomes of a call that asks to run: the gateway's word for it, without Django."""

from enum import StrEnum


class Permit(StrEnum):
    """What becomes of a call."""

    FREE = "free"  # nothing is held
    HELD = "held"
    NO_CREDIT = "no-credit"
    OVER_LIMIT = "over-limit"
    OVER_CAP = "over-cap"
    SUSPENDED = "suspended"

    @property
    def is_given(self) -> bool:
        return self in {Permit.FREE, Permit.HELD}
