"""Who hears of an organization's money. Roles are opened for it: ask before a lock is taken."""

from collections.abc import Sequence
from uuid import UUID

from accounts.models import BillingContact, Organization, Role, User
from accounts.recipients import TELLER, of_billing
from accounts.roles import access_of


def audience_of(organization_id: UUID) -> Sequence[UUID]:
    """Return whom to tell; nobody of an organization that was erased."""
    organization = Organization.objects.filter(pk=organization_id).first()
    return of_billing(organization) if organization else []


def organization_of(organization_id: UUID, to: User | BillingContact) -> Organization | None:
    """Return the organization if a recipient, at this moment, is one of those who hear of its money."""
    organization = Organization.objects.filter(pk=organization_id).first()
    return organization if organization and _hears_of_money(organization, to) else None


def _hears_of_money(organization: Organization, to: User | BillingContact) -> bool:
    """Tell whether a recipient is, at this moment, one of `accounts.recipients.of_billing`."""
    if isinstance(to, BillingContact):
        return BillingContact.objects.filter(pk=to.pk, organization=organization).confirmed().exists()
    access = access_of(TELLER, organization, users=[to.pk]).get(to.pk)
    return access is not None and access.role in (Role.OWNER, Role.BILLING)
