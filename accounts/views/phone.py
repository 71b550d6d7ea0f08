"""The phone that texts go to: asking for a number, proving it by the code that went there, and removing it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.phones import confirm_phone, remove_phone, request_phone, send_again
from accounts.forms import CodeForm
from accounts.models import SparePhone
from accounts.profile_form import PhoneForm
from accounts.requests import user_of
from accounts.sources import source_of
from accounts.step_up import recent_sign_in_required
from notifications import history
from notifications.history import State, Told

_TOO_OFTEN = gettext_lazy("That is too often. Wait an hour and try again.")


@never_cache
@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def phone(request: HttpRequest) -> HttpResponse:
    user, form = user_of(request), PhoneForm(request.POST or None)
    if request.method == "POST" and _are_sent() and form.is_valid():
        if request_phone(user, form.cleaned_data["number"], source=source_of(request)):
            return redirect("accounts:profile_phone_code")
        form.add_error(None, _TOO_OFTEN)
    context = {"form": form, "has_phone": user.phone is not None, "are_sent": _are_sent()}
    return render(request, "accounts/phone.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    user, form = user_of(request), CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if confirm_phone(user, form.cleaned_data["code"]):
            messages.success(request, _("Your number is proven. Choose below what comes as a text message."))
            return redirect("accounts:notifications")
        form.add_error(
            "code", _("That code is not right, or not good any more. Look in the newest text, or ask again.")
        )
    spare = user.spare_phones.pending(timezone.now()).first()
    if spare is None and not form.is_bound:
        return redirect("accounts:profile_phone")
    context = {"form": form, "text": _text(spare) if spare else None}
    template = "accounts/phone_code.html"
    if request.headers.get("HX-Target") == "delivery":
        template += "#delivery"
    response = render(request, template, context, status=422 if form.is_bound else 200)
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    if send_again(user_of(request), source=source_of(request)):
        messages.info(request, _("A new code is on its way. Older codes stopped working."))
    else:
        messages.error(request, _TOO_OFTEN)
    return redirect("accounts:profile_phone_code")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def remove(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if request.method == "POST":
        if remove_phone(user):
            messages.success(request, _("Your number is removed. Nothing goes to you by text message any more."))
        return redirect("accounts:profile")
    if user.phone is None:
        return redirect("accounts:profile")
    return render(request, "accounts/phone_remove.html")


def _are_sent() -> bool:
    """Tell whether this installation sends text messages at all."""
    return settings.SMS_PROVIDER != "none"


def _text(spare: SparePhone) -> dict[str, object] | None:
    """Return what became of the newest text with a code."""
    told: list[Told] = history.read(list(history.of_recipient(spare.pk)[:1]), spare.vault_tenant)
    if not told:
        return None
    state = told[0].state
    return {
        "is_sent": state is State.SENT,
        "is_over": state in {State.GIVEN_UP, State.WITHDRAWN},
        "reason": told[0].reason,
    }
