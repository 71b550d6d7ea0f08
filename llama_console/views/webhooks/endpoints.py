"""Endpoints: the list, making one, looking at one, changing it. The secret leaves in the answer to a POST alone."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.step_up import recent_sign_in_required
from llama_console.views.webhooks.access import acting_for, endpoint_for
from llama_console.views.webhooks.forms import ChangeForm, NewEndpointForm, host_of
from llama_console.views.webhooks.rows import delivery_row, endpoint_rows, reason_of, state_of
from notifications.models import Endpoint
from notifications.webhooks.actions import MAX_ENDPOINTS, TooMany, change_endpoint, create_endpoint
from notifications.webhooks.kinds import title_of

_PAGE = 50


@require_GET
def endpoint_list(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    rows = endpoint_rows(organization, Endpoint.objects.of(acting.organization.pk))
    return render(request, "webhooks/list.html", {"endpoints": rows, "most": MAX_ENDPOINTS})


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    form = NewEndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            endpoint, secret = create_endpoint(
                acting.actor,
                organization_id=acting.organization.pk,
                url=data["url"],
                kinds=data["kinds"],
                description=data["description"],
                endpoint_id=data["once"],
            )
        except IntegrityError:
            messages.warning(
                request, _("This endpoint was added before. Its secret was shown then; rotate it if it is lost.")
            )
            return redirect("webhooks:list", organization)
        except TooMany:
            form.add_error(
                None, _("An organization can have %(most)s endpoints. Delete one first.") % {"most": MAX_ENDPOINTS}
            )
        else:
            context = {"endpoint": endpoint, "host": host_of(endpoint), "secret": secret, "is_new": True}
            return render(request, "webhooks/secret.html", context)
    return render(request, "webhooks/create.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def endpoint(request: HttpRequest, organization: str, endpoint_id: UUID) -> HttpResponse:
    acting = acting_for(request, organization)
    found = endpoint_for(acting, endpoint_id)
    page = Paginator(found.deliveries.order_by("-pk"), _PAGE).get_page(request.GET.get("page"))
    state, tone = state_of(found)
    context = {
        "endpoint": found,
        "host": host_of(found),
        "kinds": [title_of(kind) for kind in found.kinds],
        "state": state,
        "tone": tone,
        "reason": reason_of(found),
        "secrets": found.secrets.active(timezone.now()),
        "deliveries": [delivery_row(organization, each) for each in page],
        "page": page,
    }
    return render(request, "webhooks/endpoint.html", context)


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, organization: str, endpoint_id: UUID) -> HttpResponse:
    acting = acting_for(request, organization)
    found = endpoint_for(acting, endpoint_id)
    form = ChangeForm(request.POST or None, endpoint=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        change_endpoint(
            acting.actor,
            found,
            url=data["url"],
            kinds=data["kinds"],
            description=data["description"],
            enabled=data["enabled"],
        )
        messages.success(request, _("The endpoint is saved."))
        return redirect("webhooks:endpoint", organization, found.pk)
    context = {"form": form, "endpoint": found, "host": host_of(found)}
    return render(request, "webhooks/change.html", context, status=422 if form.is_bound else 200)
