"""Who may see and change an organization's invitations."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.membership import Acting
from accounts.models import Invitation
from accounts.policy import Permission


def acting_for(request: HttpRequest, organization: str) -> Acting:
    """Return who acts; Http404 in a foreign organization, PermissionDenied for a lower role."""
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.MANAGE_MEMBERS, _("Only owners and admins invite people."))
    return acting


def invitation_for(acting: Acting, invitation_id: UUID) -> Invitation:
    """Return an invitation of the organization; Http404 for a foreign one just as for a missing one."""
    return get_object_or_404(acting.organization.invitations.select_related("organization"), pk=invitation_id)
