"""The second step of signing in: a code or a passkey, after the right password or a provider's word."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import half_signed
from accounts.factors import challenges, factors_of, passkeys
from accounts.factors.challenges import Ceremony
from accounts.factors.codes import Proof, TooManyCodes, prove
from accounts.forms import SecondStepForm
from accounts.models import User
from accounts.onward import asked_for, onward, through
from accounts.views.sessions import start_session
from accounts.wording import PASSKEY_REFUSED, TOO_MANY_CODES, WRONG_CODE, codes_left


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    user = half_signed.user(request)
    if user is None:
        return _back(request)
    form = SecondStepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if proof := _prove(request, user, form):
            return _finish(request, user, proof)
        if half_signed.tries(request).are_spent():
            return _end(request)
    factors = factors_of(user)
    context = {
        "form": form,
        "factors": factors,
        "next": asked_for(request),
        "recovery": "recovery" in request.GET or not factors.totp,
    }
    return render(request, "accounts/second_step.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    user = half_signed.user(request)
    if user is None:
        return JsonResponse({}, status=403)
    challenge = challenges.begin(request, Ceremony.SECOND_STEP)
    return JsonResponse(passkeys.request_options(challenge, user.passkeys.all()))


@login_not_required
@never_cache
@sensitive_post_parameters("credential")
@require_POST
def by_passkey(request: HttpRequest) -> HttpResponse:
    user = half_signed.user(request)
    if user is None or not half_signed.tries(request).take():
        return _back(request)
    challenge = challenges.take(request, Ceremony.SECOND_STEP)
    try:
        passkeys.verify(challenge, request.POST.get("credential", ""), user)
    except passkeys.Refused:
        messages.error(request, PASSKEY_REFUSED)
        return redirect(through("accounts:second_step", asked_for(request)))
    return _finish(request, user, Proof.PASSKEY)


def _prove(request: HttpRequest, user: User, form: SecondStepForm) -> Proof | None:
    """Return what the code proves; for a wrong one the form says so."""
    if not half_signed.tries(request).take():
        return None
    try:
        proof = prove(user, form.cleaned_data["code"])
    except TooManyCodes:
        form.add_error("code", TOO_MANY_CODES)
        return None
    if proof is None:
        form.add_error("code", WRONG_CODE)
    return proof


def _finish(request: HttpRequest, user: User, proof: Proof) -> HttpResponse:
    start_session(request, user, by=f"{half_signed.by(request)}+{proof}")
    if proof is Proof.RECOVERY:
        messages.warning(request, codes_left(user))
    return redirect(onward(request))


def _end(request: HttpRequest) -> HttpResponse:
    half_signed.end(request)
    messages.error(request, _("Too many wrong codes. Sign in again to go on."))
    return redirect(through("accounts:sign_in", asked_for(request)))


def _back(request: HttpRequest) -> HttpResponse:
    """Go to the beginning: nobody is half signed in, or it took too long."""
    if request.user.is_authenticated:
        return redirect(onward(request))
    half_signed.end(request)
    return redirect(through("accounts:sign_in", asked_for(request)))
