"""A rotation: a new signing secret, beside which the former one is valid for a day."""

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.step_up import recent_sign_in_required
from llama_console.views.webhooks.access import acting_for, endpoint_for
from llama_console.views.webhooks.forms import RotationForm, host_of
from notifications.webhooks.actions import rotate_secret


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rotation(request: HttpRequest, organization: str, endpoint_id: UUID) -> HttpResponse:
    acting = acting_for(request, organization)
    found = endpoint_for(acting, endpoint_id)
    form = RotationForm(request.POST or None)
    context = {"endpoint": found, "host": host_of(found), "form": form}
    if request.method != "POST" or not form.is_valid():
        context["is_rotating"] = found.secrets.filter(ends_at__isnull=False).exists()
        return render(request, "webhooks/rotate.html", context, status=422 if form.errors else 200)
    try:
        secret = rotate_secret(acting.actor, found, secret_id=form.cleaned_data["once"])
    except IntegrityError:
        messages.warning(request, _("The secret was rotated before and shown then; rotate it again if it is lost."))
        return redirect("webhooks:endpoint", organization, found.pk)
    return render(request, "webhooks/secret.html", context | {"secret": secret, "is_new": False})
