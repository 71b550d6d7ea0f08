"""How often a key may call: so many requests a minute, over all processes of the console."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from admin_api.frame.problems import Refused
from notifications.models import WindowCount

WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a window, and in how many seconds it ends."""

    left: int
    ends: int

    def headers(self) -> dict[str, str]:
        policy = f'"key";q={settings.ADMIN_API_PER_MINUTE};w={int(WINDOW.total_seconds())}'
        return {"RateLimit-Policy": policy, "RateLimit": f'"key";r={self.left};t={self.ends}'}


class TooMany(Refused):
    def __init__(self, wait: int, what: str = "Too many requests with this key.") -> None:
        super().__init__(HTTPStatus.TOO_MANY_REQUESTS, "rate-limited", f"{what} Go on in {wait} s.")
        self.wait = wait


def take(key_id: UUID) -> Allowance:
    """Count one more request; an allowance of -1 if there were too many."""
    now = timezone.now()
    start = now.replace(second=0, microsecond=0)
    cap = settings.ADMIN_API_PER_MINUTE
    count = WindowCount.objects.add_below(cap, scope="admin-key-minute", key=str(key_id), start=start)
    return Allowance(left=cap - count if count else -1, ends=_until(start + WINDOW, now))


def _until(end: datetime, now: datetime) -> int:
    return int((end - now).total_seconds()) + 1
