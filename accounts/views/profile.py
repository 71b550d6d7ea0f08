"""One's own profile. The page that says what is held and who opened it opens nothing; the values open on request."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import languages, time_zones
from accounts.actions.profile import change_profile
from accounts.models import User
from accounts.profile import FIELDS, open_values
from accounts.profile_form import ProfileForm
from accounts.requests import user_of
from ledger.actor import Actor
from trust import fields, tally
from trust.tally import Opened
from vault.held import HELD

_DAYS = 90


@dataclass(frozen=True, slots=True)
class Held:
    """A field as the page shows it: never its value."""

    name: str
    title: str
    is_given: bool
    because: str
    opened: Opened | None  # None if nobody did


@never_cache
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    context = {"held": _held(user), "user": user, "days": _DAYS, "language": user.get_language_display()}
    with timezone.override(ZoneInfo(user.time_zone)):
        return render(request, "accounts/profile.html", context)


@never_cache
@sensitive_post_parameters("name", "location", "date_of_birth")
@sensitive_variables("form", "values")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if request.method != "POST":
        if request.method == "HEAD":  # nobody reads what would be opened
            return HttpResponse()
        values = open_values(user)
        return _form(request, ProfileForm.of(user, values), values)
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _form(request, form, {})
    data = form.cleaned_data
    is_changed = change_profile(user, form.profile(), language=data["language"], time_zone=data["time_zone"])
    user.language = data["language"]
    with translation.override(languages.of(request)):  # as the page that shows it
        if is_changed:
            messages.success(request, _("Saved."))
        else:
            messages.info(request, _("Nothing was changed."))
    return redirect("accounts:profile")


def _held(user: User) -> list[Held]:
    labels = {name: f"accounts.User.{name}" for name in FIELDS}
    since = timezone.now() - timedelta(days=_DAYS)
    opened = tally.of_fields(user.vault_tenant, labels.values(), Actor.user(user.pk), since)
    return [
        Held(name, fields.name(label), getattr(user, name) is not None, str(HELD[label]), opened.get(label))
        for name, label in labels.items()
    ]


def _form(request: HttpRequest, form: ProfileForm, values: dict[str, Any]) -> HttpResponse:
    context = {
        "form": form,
        "because": {name: HELD[f"accounts.User.{name}"] for name in FIELDS},
        "email": values.get("email"),
        "phone": values.get("phone"),
        "time_zones": time_zones.options(form["time_zone"].value() or ""),
    }
    return render(request, "accounts/profile_edit.html", context, status=422 if form.is_bound else 200)
