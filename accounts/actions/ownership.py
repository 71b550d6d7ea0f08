"""Handing an organization over: one member becomes an owner, and who was one becomes an admin."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actions.owners import LastOwner, lock
from accounts.actions.roles import give_role
from accounts.models import Deletion, Membership, Organization, Role, User
from accounts.policy import Access, Permission
from accounts.roles import access_of
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell


def transfer_ownership(actor: Actor, *, organization: Organization, owner: User, to: User) -> None:
    """Make another member an owner and the present one an admin, at once; both are told.

    PermissionDenied for who is no owner (any more), Membership.DoesNotExist for who is no member (any more), LastOwner
    for who is about to delete their account.
    """
    with transaction.atomic():
        lock([organization.pk])
        memberships = {
            each.user_id: each
            for each in Membership.objects.filter(organization=organization, user__in=[owner, to], user__is_active=True)
        }
        if to.pk not in memberships or owner == to:
            raise Membership.DoesNotExist
        found = access_of(actor, organization, users=list(memberships))
        if owner.pk not in found or not found[owner.pk].may(Permission.TRANSFER_OWNERSHIP):
            raise PermissionDenied
        if Deletion.objects.of(to.pk):
            raise LastOwner(organization)
        record_event(
            actor,
            Action.OWNERSHIP_TRANSFERRED,
            target=to.pk,
            organization_id=organization.pk,
            former=str(owner.pk),
        )
        for user, role in ((to, Role.OWNER), (owner, Role.ADMIN)):
            give_role(actor, memberships[user.pk], Access(role))
            tell("role-changed", memberships[user.pk].pk, [user.pk])
