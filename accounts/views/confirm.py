"""Confirming: showing once more who one is, before something that is guarded by `accounts/step_up.py`."""

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import step_up
from accounts.factors import challenges, factors_of, passkeys
from accounts.factors.challenges import Ceremony
from accounts.factors.codes import Proof, TooManyCodes
from accounts.factors.limits import Tries
from accounts.forms import ConfirmForm
from accounts.onward import asked_for, onward, through
from accounts.requests import session_of, user_of
from accounts.sso.gate import provider_of
from accounts.wording import PASSKEY_REFUSED, TOO_MANY_CODES, codes_left
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    factors = factors_of(user)
    form = ConfirmForm(request.POST or None, user=user, needs_code=factors.are_any)
    if request.method == "POST":
        if not _tries(request).take():
            return _sign_out(request)
        if _is_right(form):
            return _finish(request, f"password+{form.proof}" if form.proof else "password", form.proof)
        if _tries(request).are_spent():
            return _sign_out(request)
    by_provider = provider_of(request) is not None
    context = {
        "form": form,
        "factors": factors,
        "next": asked_for(request),
        "by_provider": by_provider,
        "by_password": user.has_usable_password() or not (by_provider or factors.passkey),
    }
    return render(request, "accounts/confirm.html", context, status=422 if form.is_bound else 200)


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    challenge = challenges.begin(request, Ceremony.CONFIRMATION)
    return JsonResponse(passkeys.request_options(challenge, user_of(request).passkeys.all()))


@never_cache
@sensitive_post_parameters("credential")
@require_POST
def by_passkey(request: HttpRequest) -> HttpResponse:
    challenge = challenges.take(request, Ceremony.CONFIRMATION)
    try:
        passkeys.verify(challenge, request.POST.get("credential", ""), user_of(request))
    except passkeys.Refused:
        messages.error(request, PASSKEY_REFUSED)
        return redirect(through("accounts:confirm", asked_for(request)))
    return _finish(request, Proof.PASSKEY, None)


def _is_right(form: ConfirmForm) -> bool:
    try:
        return form.is_valid()
    except TooManyCodes:
        form.add_error(None, TOO_MANY_CODES)
        return False


def _tries(request: HttpRequest) -> Tries:
    """Return the tries of this session; a confirmed one has a new key, and tries of its own."""
    day = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return Tries("confirmation", session_of(request), day)


def _finish(request: HttpRequest, by: str, proof: Proof | None) -> HttpResponse:
    user = user_of(request)
    # A new session id; and the seal of a password that was hashed anew just now.
    update_session_auth_hash(request, user)
    step_up.mark(request.session, by_passkey=by == Proof.PASSKEY)
    with transaction.atomic():
        record_event(Actor.user(user.pk), Action.STEPPED_UP, target=user.pk, by=by)
    if proof is Proof.RECOVERY:
        messages.warning(request, codes_left(user))
    return redirect(onward(request))


def _sign_out(request: HttpRequest) -> HttpResponse:
    """End a session in which somebody guesses."""
    target = asked_for(request)
    logout(request)
    messages.error(request, _("Too many wrong tries. Sign in again to go on."))
    return redirect(through("accounts:sign_in", target))
