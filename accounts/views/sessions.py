"""A session: signing in starts it, signing out ends it."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import devices, half_signed, pending, step_up
from accounts.actions import verify_by_hash
from accounts.agents import agent_of
from accounts.factors import factors_of
from accounts.factors.codes import Proof
from accounts.forms import NO_MATCH, SignInForm
from accounts.models import User
from accounts.onward import asked_for, onward, through
from accounts.session_store import AGENT, BY, STARTED
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(onward(request))
    form = SignInForm(request)
    if request.method == "POST" and form.is_valid():
        if _proves_address(request, form.user):
            return redirect(enter(request, form.user))
        # Word for word what a wrong password gets: else signing up and in again would tell who has an account.
        form.add_error(None, NO_MATCH)
    status = 422 if form.is_bound else 200
    context = {
        "form": form,
        "next": asked_for(request),
        "sso_url": through("accounts:sso", asked_for(request)),
        "verifying": request.GET.get("from") == "verification",
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        with transaction.atomic():
            record_event(Actor.user(request.user.pk), Action.SIGNED_OUT, target=request.user.pk)
    logout(request)
    return redirect("accounts:sign_in")


def enter(
    request: HttpRequest, user: User, *, by: str = "password", target: str | None = None, is_fresh: bool = True
) -> str:
    """Go on after the right password of a verified user, or a provider's word, and return where to.

    That is in, or to their second factor: whatever opens an account goes through here, so that nothing skips it. A
    factor that is added at this very moment takes the same lock: it is asked for, or it ends the session, which has to
    be stored by then.
    """
    target = asked_for(request) if target is None else target
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if factors_of(user).are_any:
            pending.end(request)
            half_signed.start(request, user, by=by)
            return through("accounts:second_step", target)
        start_session(request, user, by=by, is_fresh=is_fresh)
        request.session.save()
    return target or resolve_url(settings.LOGIN_REDIRECT_URL)


def start_session(request: HttpRequest, user: User, *, by: str = "password", is_fresh: bool = True) -> None:
    """Sign a verified user in under a new session id, who has shown all that their account asks for.

    Unless `is_fresh`, what they have shown was some time ago: they confirm before what is guarded by `step_up`.
    """
    pending.end(request)
    half_signed.end(request)
    login(request, user, backend="accounts.backends.EmailBackend")
    request.session[AGENT] = agent_of(request.headers.get("User-Agent", ""))
    request.session[STARTED] = timezone.now().isoformat()
    request.session[BY] = by
    if is_fresh:
        step_up.mark(request.session, by_passkey=by.endswith(Proof.PASSKEY))
    else:
        step_up.unmark(request.session)
    with transaction.atomic():
        record_event(Actor.user(user.pk), Action.SIGNED_IN, target=user.pk, by=by)
        devices.recognise(request, user)


def _proves_address(request: HttpRequest, user: User) -> bool:
    """Tell of a user whose password was right whether their address is proven, or the link proves it now."""
    token = pending.take_token(request)
    return user.is_verified or bool(token and verify_by_hash(user, token))
