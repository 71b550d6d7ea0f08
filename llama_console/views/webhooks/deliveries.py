"""Deliveries by hand: a test event, and sending an event again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from llama_console.views.webhooks.access import acting_for, endpoint_for
from notifications.webhooks.publish import redeliver, send_test

_DISABLED = gettext_lazy("This endpoint is disabled. Enable it first.")


@require_POST
def test(request: HttpRequest, organization: str, endpoint_id: UUID) -> HttpResponse:
    found = endpoint_for(acting_for(request, organization), endpoint_id)
    if send_test(found):
        messages.success(request, _("A test event is on its way. Reload this page in a moment to see its delivery."))
    else:
        messages.warning(request, _DISABLED)
    return redirect("webhooks:endpoint", organization, found.pk)


@require_POST
def redelivery(request: HttpRequest, organization: str, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    found = endpoint_for(acting_for(request, organization), endpoint_id)
    delivery = get_object_or_404(found.deliveries, pk=delivery_id)
    if not found.is_enabled:
        messages.warning(request, _DISABLED)
    elif redeliver(found, delivery.message_id):
        messages.success(request, _("The event is on its way again. Reload this page in a moment to see its delivery."))
    else:
        messages.warning(request, _("This event is waiting for its next try already."))
    return redirect("webhooks:endpoint", organization, found.pk)
