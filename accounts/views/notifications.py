"""Which messages somebody gets, and how: read and changed by that person alone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import time_zones
from accounts.actions import change_preferences
from accounts.models import User
from accounts.preferences_form import PreferencesForm
from ledger.actor import Actor


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = PreferencesForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        if change_preferences(Actor.user(request.user.pk), request.user, form.kinds, form.wishes()):
            messages.success(request, _("Saved. It holds for every message from now on."))
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("accounts:notifications")
    context = {"form": form, "time_zones": time_zones.options(form["time_zone"].value() or "")}
    return render(request, "accounts/notifications.html", context, status=422 if form.is_bound else 200)
