"""A session: signing in starts it, signing out ends it."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import devices, pending
from accounts.actions import verify_by_hash
from accounts.agents import agent_of
from accounts.forms import NO_MATCH, SignInForm
from accounts.models import User
from accounts.session_store import AGENT, STARTED
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = SignInForm(request)
    if request.method == "POST" and form.is_valid():
        if _admit(request, form.user):
            return redirect(_next(request))
        # Word for word what a wrong password gets: else signing up and in again would tell who has an account.
        form.add_error(None, NO_MATCH)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/sign_in.html", {"form": form, "next": request.GET.get("next", "")}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        with transaction.atomic():
            record_event(Actor.user(request.user.pk), Action.SIGNED_OUT, target=request.user.pk)
    logout(request)
    return redirect("accounts:sign_in")


def start_session(request: HttpRequest, user: User) -> None:
    """Sign a verified user in under a new session id."""
    pending.end(request)
    login(request, user, backend="accounts.backends.EmailBackend")
    request.session[AGENT] = agent_of(request.headers.get("User-Agent", ""))
    request.session[STARTED] = timezone.now().isoformat()
    with transaction.atomic():
        record_event(Actor.user(user.pk), Action.SIGNED_IN, target=user.pk)
        devices.recognise(request, user)


def _admit(request: HttpRequest, user: User) -> bool:
    """Start the session of a user whose password was right, if their address is proven or the link proves it now."""
    token = pending.take_token(request)
    if not user.is_verified and not (token and verify_by_hash(user, token)):
        return False
    start_session(request, user)
    return True


def _next(request: HttpRequest) -> str:
    """Return the page that was asked for before signing in, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(target, allowed_hosts=hosts, require_https=request.is_secure()):
        return target
    return settings.LOGIN_REDIRECT_URL
