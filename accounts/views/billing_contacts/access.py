"""Who may see and change an organization's billing contacts."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.membership import Acting
from accounts.models import BillingContact
from accounts.policy import Permission


def acting_for(request: HttpRequest, organization: str) -> Acting:
    """Return who acts; Http404 in a foreign organization, PermissionDenied for a lower role."""
    acting = Acting.in_organization(request, organization)
    acting.require(
        Permission.MANAGE_BILLING_CONTACTS, _("Only owners, admins and members with the billing role manage contacts.")
    )
    return acting


def contact_for(acting: Acting, contact_id: UUID) -> BillingContact:
    """Return a contact of the organization; Http404 for a foreign one just as for a missing one."""
    return get_object_or_404(acting.organization.billing_contacts, pk=contact_id)
