"""Passkeys: adding one, naming it, removing it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.factors import MOST_PASSKEYS, TooMany, add_passkey, remove_passkey, rename_passkey
from accounts.agents import agent_of, in_words
from accounts.factors import challenges, factors_of, passkeys
from accounts.factors.challenges import Ceremony
from accounts.factors.labels import account_label
from accounts.forms import NewPasskeyForm, PasskeyNameForm
from accounts.models import Passkey
from accounts.requests import session_of, user_of
from accounts.step_up import recent_sign_in_required
from ledger.actor import Actor

_REFUSED = gettext_lazy("The device did not make a passkey that works here. Try again, or use another device.")
_TOO_MANY = gettext_lazy("An account can have %(most)s passkeys. Remove one first.")


@recent_sign_in_required
@never_cache
@sensitive_post_parameters("credential")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    agent = in_words(agent_of(request.headers.get("User-Agent", "")))
    form = NewPasskeyForm(request.POST or None, initial={"name": agent})
    if request.method == "POST" and form.is_valid() and _added(request, form):
        messages.success(request, _("The passkey is added. Your other sessions are ended."))
        left = factors_of(user_of(request)).codes_left
        return redirect("accounts:security" if left else "accounts:recovery_codes")
    return render(request, "accounts/passkey_add.html", {"form": form}, status=422 if form.is_bound else 200)


@recent_sign_in_required
@require_POST
def creation_options(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    challenge = challenges.begin(request, Ceremony.REGISTRATION)
    return JsonResponse(passkeys.creation_options(user, account_label(user), challenge))


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    passkey = _passkey(request, passkey_id)
    form = PasskeyNameForm(request.POST or None, initial={"name": passkey.name})
    if request.method == "POST" and form.is_valid():
        rename_passkey(Actor.user(passkey.user_id), passkey, name=form.cleaned_data["name"])
        return redirect("accounts:security")
    context = {"form": form, "passkey": passkey}
    return render(request, "accounts/passkey_rename.html", context, status=422 if form.is_bound else 200)


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    passkey = _passkey(request, passkey_id)
    if request.method == "POST":
        remove_passkey(Actor.user(passkey.user_id), passkey, session=session_of(request))
        messages.success(request, _("The passkey is removed. Your other sessions are ended."))
        return redirect("accounts:security")
    others = factors_of(passkey.user).totp or passkey.user.passkeys.count() > 1
    return render(request, "accounts/passkey_remove.html", {"passkey": passkey, "is_last": not others})


def _passkey(request: HttpRequest, passkey_id: UUID) -> Passkey:
    """Return one of the person's own; Http404 for somebody else's just as for a missing one."""
    return get_object_or_404(user_of(request).passkeys.select_related("user"), pk=passkey_id)


def _added(request: HttpRequest, form: NewPasskeyForm) -> bool:
    """Add the passkey of the form; where that fails, the form says why."""
    user, data = user_of(request), form.cleaned_data
    challenge = challenges.take(request, Ceremony.REGISTRATION)
    try:
        new = passkeys.register(challenge, data["credential"])
        add_passkey(Actor.user(user.pk), user, new=new, name=data["name"], session=session_of(request))
    except passkeys.Refused:
        form.add_error(None, _REFUSED)
    except TooMany:
        form.add_error(None, _TOO_MANY % {"most": MOST_PASSKEYS})
    return form.is_valid()
