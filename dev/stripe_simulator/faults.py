"""How the simulator fails when it is told to: before a request is carried out, or after."""

from dataclasses import dataclass

from dev.stripe_simulator.errors import API, StripeError, invalid

# slow: the request is under way for `seconds`, then done. hang and cut: it is done, and the connection hangs for
# `seconds` or is cut at once. failed: it is done, and answered with 500. lost: cut before anything is done.
MODES = ("slow", "hang", "cut", "failed", "lost", "500", "429", "409")


@dataclass(slots=True)
class Fault:
    mode: str
    times: int
    path: str = ""  # a path's beginning; empty: any
    method: str = ""  # empty: any
    seconds: float = 30

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise invalid(f"Unknown mode: {self.mode}. There are {', '.join(MODES)}", "mode")


class Faults:
    def __init__(self) -> None:
        self.away = False  # every connection is cut, nothing is done
        self.planned: list[Fault] = []

    def take(self, method: str, path: str) -> Fault | None:
        """Return how this request fails, if it does, and count it."""
        for fault in self.planned:
            if path.startswith(fault.path) and fault.method in ("", method):
                fault.times -= 1
                self.planned = [other for other in self.planned if other.times > 0]
                return fault
        return None

    def clear(self) -> None:
        self.away, self.planned = False, []


def refusal(mode: str) -> StripeError:
    """Return the answer of a mode that is a refusal."""
    if mode == "429":
        return StripeError("Too many requests hit the API too quickly.", status=429, code="rate_limit", stored=False)
    if mode == "409":
        text = "This object cannot be accessed right now because another API request is currently accessing it."
        return StripeError(text, status=409, code="lock_timeout", stored=False)
    return StripeError("An unknown error occurred", status=500, type=API)
