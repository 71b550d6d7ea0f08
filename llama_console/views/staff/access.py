"""Who may see the pages of those who run the installation."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import User
from accounts.policy import operates
from ledger.actor import Actor

View = Callable[..., HttpResponse]


def for_operators(view: View) -> View:
    """Http404 for everybody else, as for an address that is not there. A visitor was sent to sign in before.

    `request.user` is read from the database for each request, so who was dismissed is out with the next one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not (isinstance(request.user, User) and operates(request.user)):
            raise Http404
        return view(request, **kwargs)

    return guarded


def actor_of(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor.user(request.user.pk)
