"""Who may see the pages of those who run the installation, and by what they must have shown who they are.

Outside of development that is a passkey: a password and a code can be typed into a page that only looks like ours.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.models import User
from accounts.onward import through
from accounts.policy import operates
from accounts.step_up import used_passkey
from ledger.actor import Actor

View = Callable[..., HttpResponseBase]


def for_operators(view: View) -> View:
    """Http404 for everybody else, as for an address that is not there. A visitor was sent to sign in before.

    `request.user` is read from the database for each request, so who was dismissed is out with the next one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not (isinstance(request.user, User) and operates(request.user)):
            raise Http404
        if not (settings.DEVELOPMENT or used_passkey(request.session)):
            return _ask_for_passkey(request, request.user)
        return view(request, **kwargs)

    return guarded


def _ask_for_passkey(request: HttpRequest, user: User) -> HttpResponse:
    context = {
        "has_passkey": user.passkeys.exists(),
        "confirm_url": through("accounts:confirm", request.get_full_path()),
    }
    return render(request, "staff/passkey.html", context, status=403)


def actor_of(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor.user(request.user.pk)
