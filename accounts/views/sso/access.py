"""Who may see and change an organization's single sign-on."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.membership import Acting
from accounts.models import IdentityProvider, VerifiedDomain
from accounts.policy import Permission


def acting_for(request: HttpRequest, organization: str) -> Acting:
    """Return who acts; Http404 in a foreign organization, PermissionDenied for a lower role."""
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.MANAGE_SSO, _("Only owners manage single sign-on."))
    return acting


def provider_for(acting: Acting) -> IdentityProvider:
    return get_object_or_404(IdentityProvider.objects.select_related("organization"), organization=acting.organization)


def domain_for(acting: Acting, domain_id: UUID) -> VerifiedDomain:
    """Return a domain of the organization; Http404 for a foreign one just as for a missing one."""
    return get_object_or_404(acting.organization.domains, pk=domain_id)
