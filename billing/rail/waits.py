"""How long what Stripe did not take waits for its next try: longer each time, and not all at the same moment."""

import random
from datetime import datetime, timedelta

MOST_ATTEMPTS = 40  # over some thirty hours, where nobody waits for one
_AT_LEAST = timedelta(hours=24)  # people who wait, and try again and again, use up no tries of the worker's
_FIRST, _LONGEST = 2.0, 3600.0  # seconds


def wait_after(attempts: int) -> timedelta:
    seconds = min(_FIRST * 2.0 ** min(attempts - 1, 16), _LONGEST)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311


def is_enough(attempts: int, since: datetime, now: datetime) -> bool:
    """Tell whether something was tried so often and for so long that only an operator can help."""
    return attempts >= MOST_ATTEMPTS and now - since >= _AT_LEAST
