"""Whom a message to an organization goes to. Roles are opened each time it is asked, and kept nowhere."""

from uuid import UUID

from accounts.models import BillingContact, Organization, Role
from accounts.roles import roles_of
from ledger.actor import Actor

TELLER = Actor.system("notifications")


def of_billing(organization: Organization) -> list[UUID]:
    """Return who hears of money: the confirmed billing contacts, and members whose role is owner or billing."""
    contacts = BillingContact.objects.filter(organization=organization).confirmed().order_by("pk")
    return [*contacts.values_list("pk", flat=True), *_members(organization, Role.OWNER, Role.BILLING)]


def of_owners(organization: Organization) -> list[UUID]:
    return _members(organization, Role.OWNER)


def of_managers(organization: Organization) -> list[UUID]:
    """Return who manages it: owners and admins."""
    return _members(organization, Role.OWNER, Role.ADMIN)


def _members(organization: Organization, *wanted: Role) -> list[UUID]:
    return [user_id for user_id, role in roles_of(TELLER, organization).items() if role in wanted]
