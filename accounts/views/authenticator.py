"""The authenticator app: setting it up with a picture or by typing the secret, and removing it."""

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions.factors import begin_totp, confirm_totp, remove_totp
from accounts.factors import factors_of, totp
from accounts.factors.labels import account_label
from accounts.forms import CodeForm
from accounts.requests import session_of, user_of
from accounts.step_up import recent_sign_in_required
from ledger.actor import Actor

_WRONG = gettext_lazy("That is not the code of now. Check the clock of your device, and type the newest code.")


@recent_sign_in_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    pending = begin_totp(user)
    if pending is None:
        return redirect("accounts:security")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor, code = Actor.user(user.pk), form.cleaned_data["code"]
        if confirm_totp(actor, user, code=code, session=session_of(request)):
            messages.success(request, _("The app is set up. Your other sessions are ended."))
            return redirect("accounts:security" if factors_of(user).codes_left else "accounts:recovery_codes")
        form.add_error("code", _WRONG)
    secret = totp.open_secret(pending)
    uri = totp.uri(secret, account_label(user))
    context = {"form": form, "secret": _grouped(secret), "uri": uri, "picture": _picture(uri)}
    return render(request, "accounts/authenticator.html", context, status=422 if form.is_bound else 200)


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    factors = factors_of(user)
    if request.method == "POST":
        remove_totp(Actor.user(user.pk), user, session=session_of(request))
        messages.success(request, _("The app is removed. Your other sessions are ended."))
        return redirect("accounts:security")
    if not factors.totp:
        return redirect("accounts:security")
    return render(request, "accounts/authenticator_remove.html", {"is_last": not factors.passkey})


def _picture(uri: str) -> str:
    """Return the QR code as inline SVG without any style."""
    code = segno.make(uri, error="m", micro=False)
    svg = code.svg_inline(omitsize=True, svgclass=None, lineclass=None, border=0)
    return mark_safe(svg)  # noqa: S308  numbers of a path; nothing of the text is in it


def _grouped(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
