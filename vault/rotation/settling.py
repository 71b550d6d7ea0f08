"""Settling: waiting until every process that seals has heard of a new key."""

import time
from datetime import datetime, timedelta

from django.utils import timezone

from vault.keyring import NEWEST_LIFETIME

LIFETIME = timedelta(seconds=NEWEST_LIFETIME)


def settle(made_at: datetime) -> None:
    """Wait until no process uses what it remembered from before `made_at`."""
    left = made_at + LIFETIME - timezone.now()
    # No longer than that, even where the clock was set back.
    time.sleep(max(timedelta(), min(left, LIFETIME)).total_seconds())
