"""What views of signed-in people ask of a request."""

from django.http import HttpRequest

from accounts.models import User
from accounts.session_store import stored


def user_of(request: HttpRequest) -> User:
    """Return who is signed in; every view that isn't open to all has somebody."""
    assert isinstance(request.user, User)
    return request.user


def session_of(request: HttpRequest) -> str:
    """Return what is stored of the key of the request's session."""
    return stored(request.session.session_key or "")
