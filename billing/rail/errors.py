"""What can go wrong with Stripe, in our words: the one error of the boundary, and what does not fit."""

DECLINED = "declined"
CONFIRMATION = "confirmation-needed"
MISSING = "missing"
AWAY = "unreachable"  # nothing was sent
UNKNOWN = "unknown-outcome"  # it may have been done, or not
BROKEN = "broken"  # answered with an error of Stripe's own, which is what the same idempotency key gets from then on
BUSY = "busy"  # Stripe has not done with the same thing
NOT_SET_UP = "not-set-up"  # there is no key; an operator mends it
TAKEN = "taken"  # another worker or request is at it this moment

# A bank's suspicions: told apart from other refusals, they would say to a thief which cards are known as stolen.
_SUSPICIONS = {"fraudulent", "lost-card", "merchant-blacklist", "pickup-card", "restricted-card", "stolen-card"}


def decline_reason(code: str) -> str:
    """Return a bank's word for a decline as we store it, which whoever pays may read; a suspicion is not in it."""
    return "generic-decline" if code in _SUSPICIONS else code


class RailError(Exception):
    """Stripe refused, or did not answer. `permanent` says that asking again cannot help.

    `code` is stable and may be stored; `reason` is the bank's word for a decline. The message holds nothing secret.
    """

    def __init__(self, message: str, code: str, *, permanent: bool, reason: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.permanent, self.reason = message, code, permanent, reason


class Mismatch(Exception):
    """An object at Stripe does not fit what it should be for, and has no effect: somebody has to look at it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
