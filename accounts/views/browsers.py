"""Where somebody is signed in: the list of their sessions, and the ends of them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.actions.sessions import end_session, end_sessions
from accounts.models import BrowserSession
from accounts.requests import session_of, user_of
from ledger.actor import Actor


@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    current = session_of(request)
    found = sorted(BrowserSession.objects.of(user.pk), key=lambda each: (each.pk != current, -each.seen_at.timestamp()))
    return render(request, "accounts/sessions.html", {"sessions": found, "current": current})


@require_POST
def end(request: HttpRequest, session: str) -> HttpResponse:
    user = user_of(request)
    if session == session_of(request):
        return redirect("accounts:sessions")
    if not end_session(Actor.user(user.pk), user, session):
        raise Http404
    messages.success(request, _("The session is ended. That browser has to sign in again."))
    return redirect("accounts:sessions")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    count = end_sessions(Actor.user(user.pk), user, but=session_of(request))
    messages.success(
        request,
        ngettext("%(count)s other session is ended.", "%(count)s other sessions are ended.", count) % {"count": count},
    )
    return redirect("accounts:sessions")
