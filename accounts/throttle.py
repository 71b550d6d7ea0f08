"""Bounds on guessing passwords, that lock out whoever guesses and not whom they guess at.

A wrong password counts for the account, and apart from that for each device that its person signed in from before: who
fills the account's count from elsewhere keeps strangers' devices out for the rest of the hour, and no known one. It
counts for the address that tries, too, however many accounts it tries. An address that has no account is counted alike.
"""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest

from accounts import devices
from accounts.models import User
from accounts.sources import source_of
from ledger.ids import new_id
from notifications import fingerprints
from notifications.windows import Caps, Counter, counters, give_back, take

CAPS: Caps = {
    "password-hour": 20,
    "password-day": 60,
    "password-known-hour": 20,
    "password-source-hour": 200,  # a whole office may share an address
    "reset-source-hour": 20,
    "sso-source-hour": 200,
    "sign-up-source-hour": 60,  # a course may sign up at once
    "passkey-source-hour": 600,  # each look at the page of signing in asks for a challenge
}
Tries = Sequence[Counter]


def begin(request: HttpRequest, email: str) -> Tries | None:
    """Count a try at an account's password; None if there were too many. It is counted before anything is compared."""
    user_id = User.objects.of_email(email).values_list("pk", flat=True).first()
    return _begin("password", request, fingerprints.of_email(email), user_id)


def begin_again(request: HttpRequest, user: User) -> Tries | None:
    """Count a try by who is signed in already."""
    return _begin("password", request, str(user.pk), user.pk)


def succeeded(tries: Tries) -> None:
    """Take a try back that was none of a stranger's."""
    give_back(tries)


def admits_reset(request: HttpRequest) -> bool:
    """Count a request for a reset by where it comes from."""
    return take(counters("reset-source", _source(request), CAPS), CAPS)


def admits_sign_up(request: HttpRequest) -> bool:
    """Count a sign-up by where it comes from: each sends a letter to whatever address, and makes keys."""
    return take(counters("sign-up-source", _source(request), CAPS), CAPS)


def admits_challenge(request: HttpRequest) -> bool:
    """Count a challenge for a passkey that nobody signed in asks for: each is a session to store."""
    return take(counters("passkey-source", _source(request), CAPS), CAPS)


def admits_sso(request: HttpRequest) -> bool:
    """Count a sign-in by a provider by where it comes from: each may ask that provider."""
    return take(counters("sso-source", _source(request), CAPS), CAPS)


def _begin(scope: str, request: HttpRequest, account: str, user_id: UUID | None) -> Tries | None:
    device = devices.known(request, user_id or new_id())  # nobody's, by the same query
    by_account = counters(f"{scope}-known", str(device), CAPS) if device else counters(scope, account, CAPS)
    tries = [*by_account, *counters(f"{scope}-source", _source(request), CAPS)]
    return tries if take(tries, CAPS) else None


def _source(request: HttpRequest) -> str:
    return fingerprints.of_other("source", source_of(request))
