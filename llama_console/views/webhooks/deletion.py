"""A deletion: the end of an endpoint."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.step_up import recent_sign_in_required
from llama_console.views.webhooks.access import acting_for, endpoint_for
from llama_console.views.webhooks.forms import DeletionForm
from notifications.webhooks.actions import delete_endpoint


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: HttpRequest, organization: str, endpoint_id: UUID) -> HttpResponse:
    acting = acting_for(request, organization)
    found = endpoint_for(acting, endpoint_id)
    form = DeletionForm(request.POST or None, endpoint=found)
    if request.method == "POST" and form.is_valid():
        delete_endpoint(acting.actor, found)
        messages.success(request, _("The endpoint is deleted. Nothing is sent to it from now on."))
        return redirect("webhooks:list", organization)
    context = {"endpoint": found, "form": form, "host": form.host}
    return render(request, "webhooks/delete.html", context, status=422 if form.is_bound else 200)
