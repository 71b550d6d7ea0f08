"""Who waits for verification in this browser: an opaque id in the session, set after the password was given."""

from uuid import UUID

from django.http import HttpRequest

from accounts.models import User

_PENDING, _TOKEN = "pending_user", "verification_token"


def start(request: HttpRequest, user_id: UUID) -> None:
    request.session.cycle_key()
    request.session[_PENDING] = str(user_id)


def user_id(request: HttpRequest) -> UUID | None:
    value = request.session.get(_PENDING)
    return UUID(value) if value else None


def user(request: HttpRequest) -> User | None:
    """Return the waiting user; None also for the id that a sign-up with a known address was given."""
    waiting = user_id(request)
    return User.objects.filter(pk=waiting).first() if waiting else None


def keep_token(request: HttpRequest, token: str) -> None:
    """Remember a link's token while its person signs in in this browser."""
    request.session[_TOKEN] = token


def take_token(request: HttpRequest) -> str | None:
    token: str | None = request.session.pop(_TOKEN, None)
    return token


def end(request: HttpRequest) -> None:
    request.session.pop(_PENDING, None)
