"""How long what Stripe did not take waits for its next try: longer each time, and not all at the same moment."""

import random
from datetime import timedelta

MOST_ATTEMPTS = 40  # over some thirty hours
_FIRST, _LONGEST = 2.0, 3600.0  # seconds


def wait_after(attempts: int) -> timedelta:
    seconds = min(_FIRST * 2.0 ** min(attempts - 1, 16), _LONGEST)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311
