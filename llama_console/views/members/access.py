"""Who may see and change an organization's members."""

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.membership import Acting
from accounts.models import Membership
from accounts.policy import Permission


def looking_at(request: HttpRequest, organization: str) -> Acting:
    """Return who looks; Http404 in a foreign organization."""
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.VIEW_MEMBERS)
    return acting


def managing(request: HttpRequest, organization: str) -> Acting:
    """Return who manages members; Http404 in a foreign organization, PermissionDenied for a lower role."""
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.MANAGE_MEMBERS, _("Only owners and admins manage members."))
    return acting


def memberships_for(acting: Acting, ids: Sequence[str | UUID]) -> list[Membership]:
    """Return memberships of the organization; Http404 if one is foreign, missing or no id at all, and for none."""
    try:
        wanted = {UUID(str(each)) for each in ids}
    except ValueError:
        raise Http404 from None
    found = list(acting.organization.memberships.select_related("user").filter(pk__in=wanted))
    if not found or len(found) != len(wanted):
        raise Http404
    return found
