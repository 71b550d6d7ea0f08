"""Sudo: who is about to do something that can't be taken back, or that hands out a secret, has just shown who they are.

Signing in shows it, and so does confirming; either lasts fifteen minutes in that session.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from accounts.onward import through

LASTS = timedelta(minutes=15)
_AT = "confirmed_at"
_PASSKEY = "by_passkey"
_View = Callable[..., HttpResponseBase]


def mark(session: SessionBase, *, by_passkey: bool = False) -> None:
    """Note that this session's person showed just now who they are."""
    session[_AT] = timezone.now().isoformat()
    if by_passkey:
        session[_PASSKEY] = True


def confirmed_at(session: SessionBase) -> datetime | None:
    """Return when this session's person last showed who they are."""
    at = session.get(_AT)
    return datetime.fromisoformat(at) if at else None


def used_passkey(session: SessionBase) -> bool:
    """Tell whether the person showed a passkey in this session, then or since."""
    return bool(session.get(_PASSKEY))


def unmark(session: SessionBase) -> None:
    session.pop(_AT, None)


def is_recent(request: HttpRequest) -> bool:
    at = confirmed_at(request.session)
    return at is not None and timezone.now() - at < LASTS


def recent_sign_in_required(view: _View) -> _View:
    """Let a view be reached only shortly after signing in or confirming; else ask, and come back to it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_recent(request):
            return view(request, *args, **kwargs)
        return redirect(through("accounts:confirm", request.get_full_path()))

    return guarded
