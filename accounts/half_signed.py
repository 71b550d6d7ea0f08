"""Somebody whose password was right, or whom a provider named, and whose second factor is still to come.

The session has their id, the way they came, a seal that holds as long as that password does, and a number that their
tries are counted by. Nobody is signed in: every page that needs somebody stays closed. It lasts five minutes.
"""

import secrets
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.backends import may_sign_in
from accounts.factors.limits import Tries
from accounts.models import User

LASTS = timedelta(minutes=5)
_KEY = "half_signed"


def start(request: HttpRequest, user: User, *, by: str = "password") -> None:
    """Begin under a new session id; `by` is what they have shown so far."""
    request.session.cycle_key()
    request.session[_KEY] = {
        "user": str(user.pk),
        "by": by,
        "seal": user.get_session_auth_hash(),
        "tries": secrets.token_hex(16),
        "at": timezone.now().isoformat(),
    }


def user(request: HttpRequest) -> User | None:
    """Return who is half signed in; None when nobody is, it took too long, or they may not sign in any more."""
    half = request.session.get(_KEY)
    if half is None or timezone.now() - datetime.fromisoformat(half["at"]) >= LASTS:
        return None
    found = User.objects.filter(pk=half["user"]).first()
    if found is None or not may_sign_in(found):
        return None
    return found if constant_time_compare(half["seal"], found.get_session_auth_hash()) else None


def by(request: HttpRequest) -> str:
    """Return what was shown before the second factor."""
    way: str = request.session[_KEY]["by"]
    return way


def tries(request: HttpRequest) -> Tries:
    half = request.session[_KEY]
    return Tries("second-step", half["tries"], datetime.fromisoformat(half["at"]))


def end(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
