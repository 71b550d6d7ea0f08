"""Who may see and change an organization's webhooks."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.membership import Acting
from accounts.policy import Permission
from notifications.models import Endpoint


def acting_for(request: HttpRequest, organization: str) -> Acting:
    """Return who acts; Http404 in a foreign organization, PermissionDenied for a lower role."""
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.MANAGE_WEBHOOKS, _("Only owners and admins manage webhooks."))
    return acting


def endpoint_for(acting: Acting, endpoint_id: UUID) -> Endpoint:
    """Return an endpoint of the organization; Http404 for a foreign one just as for a missing one."""
    return get_object_or_404(Endpoint.objects.of(acting.organization.pk), pk=endpoint_id)
