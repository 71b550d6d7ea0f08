"""A revocation: the end of a key."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.step_up import recent_sign_in_required
from keys.actions import revoke_key
from keys.forms import RevocationForm
from keys.models import ApiKey
from keys.views.access import managed_key
from usage import figures
from usage.queries import by_key
from usage.sums import Sums


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def revocation(request: HttpRequest, organization: str, key_id: UUID) -> HttpResponse:
    acting, key = managed_key(request, organization, key_id)
    form = RevocationForm(request.POST or None, key=key)
    if not key.is_active:
        return redirect("keys:list", organization)
    if request.method == "POST" and form.is_valid():
        revoke_key(acting.actor, key)
        messages.success(request, _("The key is revoked. Calls with it are refused from now on."))
        return redirect("keys:list", organization)
    context = {"key": key, "form": form, "effect": _effect(key)}
    return render(request, "keys/revoke.html", context, status=422 if form.is_bound else 200)


def _effect(key: ApiKey) -> str:
    day = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    requests = by_key(key.project.organization_id, day).get(key.pk, Sums()).requests
    made = ngettext(
        "It made %(requests)s request in the last 24 hours.",
        "It made %(requests)s requests in the last 24 hours.",
        requests,
    ) % {"requests": figures.exact(requests)}
    used = made if requests else _("It made no request in the last 24 hours.")
    return used + " " + _("Every further call with it is refused at once, and this cannot be undone.")
