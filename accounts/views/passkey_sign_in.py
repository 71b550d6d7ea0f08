"""Signing in with a passkey alone. No address is asked for: the passkey says whose it is."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import throttle
from accounts.backends import may_sign_in
from accounts.factors import challenges, passkeys
from accounts.factors.challenges import Ceremony
from accounts.factors.codes import Proof
from accounts.onward import asked_for, onward, through
from accounts.views.sessions import start_session
from accounts.wording import PASSKEY_REFUSED


@login_not_required
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    if not throttle.admits_challenge(request):
        return JsonResponse({}, status=429)
    return JsonResponse(passkeys.request_options(challenges.begin(request, Ceremony.SIGN_IN)))


@login_not_required
@never_cache
@sensitive_post_parameters("credential")
@require_POST
def by_passkey(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(onward(request))
    challenge = challenges.take(request, Ceremony.SIGN_IN)
    try:
        user = passkeys.verify(challenge, request.POST.get("credential", "")).user
        if not (user.is_verified and may_sign_in(user)):
            raise passkeys.Refused
    except passkeys.Refused:
        messages.error(request, PASSKEY_REFUSED)
        return redirect(through("accounts:sign_in", asked_for(request)))
    start_session(request, user, by=Proof.PASSKEY)
    return redirect(onward(request))
