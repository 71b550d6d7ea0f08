"""Who waits for verification in this browser: an opaque id in the session, with a seal of the password given here.

Of a link's token the session holds the hash alone.
"""

from uuid import UUID

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.actions import Registration, hash_token
from accounts.models import User

_PENDING, _SEAL, _TOKEN = "pending_user", "pending_seal", "verification_token"


def start(request: HttpRequest, registration: Registration) -> None:
    request.session.cycle_key()
    request.session[_PENDING] = str(registration.user_id)
    request.session[_SEAL] = registration.seal


def user_id(request: HttpRequest) -> UUID | None:
    value = request.session.get(_PENDING)
    return UUID(value) if value else None


def user(request: HttpRequest) -> User | None:
    """Return the waiting user.

    None for the id that a sign-up with a known address was given, and when somebody else has signed up with the
    address since: only the browser that gave the present password may verify it.
    """
    waiting = user_id(request)
    found = User.objects.filter(pk=waiting).first() if waiting else None
    seal = request.session.get(_SEAL, "")
    return found if found and constant_time_compare(seal, found.get_session_auth_hash()) else None


def keep_token(request: HttpRequest, token: str) -> None:
    """Remember a link's token while its person signs in in this browser, whose session nobody planted here."""
    request.session.cycle_key()
    request.session[_TOKEN] = hash_token(token).hex()


def take_token(request: HttpRequest) -> bytes:
    """Return the hash of that token, once; nothing where no link was opened."""
    return bytes.fromhex(request.session.pop(_TOKEN, ""))


def end(request: HttpRequest) -> None:
    request.session.pop(_PENDING, None)
    request.session.pop(_SEAL, None)
