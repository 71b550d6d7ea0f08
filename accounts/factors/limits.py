"""How often codes may be tried. Counted before the look and in one statement, so that tries at once don't slip through.

Codes of an app are six digits, three of them good at any moment: ten tries an hour and thirty a day, over all sessions,
leave who has the password less than one chance in ten thousand a day. Recovery codes have 60 bits and need no such
count; so they, and passkeys, still work for a person whose tries somebody else has used up.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications import windows
from notifications.models import WindowCount
from notifications.windows import counters, take

_CAPS = {"code-day": 30, "code-hour": 10}
_TRIES = 5


def admits_code(user_id: UUID) -> bool:
    """Count a try of an app's code by this person; False if they had too many wrong ones."""
    return take(counters("code", user_id.hex, _CAPS), _CAPS)


def give_back(user_id: UUID) -> None:
    """Take back the count of a try that was right."""
    windows.give_back(counters("code", user_id.hex, _CAPS))


def is_first_use(challenge: str, at: datetime) -> bool:
    """Tell whether this challenge is answered for the first time; of any number of callers at once one is told True."""
    return WindowCount.objects.add_below(1, scope="challenge", key=challenge, start=at) > 0


@dataclass(frozen=True, slots=True)
class Tries:
    """Five tries of one session, whatever is typed."""

    scope: str
    key: str
    start: datetime

    def take(self) -> bool:
        return WindowCount.objects.add_below(_TRIES, scope=self.scope, key=self.key, start=self.start) > 0

    def are_spent(self) -> bool:
        spent = WindowCount.objects.filter(scope=self.scope, key=self.key, start=self.start, count__gte=_TRIES)
        return spent.exists()
