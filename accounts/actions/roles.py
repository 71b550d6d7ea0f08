"""Changing what a member may do."""

from django.db import transaction

from accounts.models import Membership, Role
from accounts.roles import commit_role, given_role, write_role
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell


def change_role(actor: Actor, *, membership: Membership, role: Role) -> None:
    """Give a member another role; any record of the former one counts no more. They are told."""
    with transaction.atomic():
        locked = Membership.objects.select_for_update().get(pk=membership.pk)
        version = given_role(locked.organization_id, locked.user_id).version + 1
        locked.role = text = write_role(role, version)
        locked.save(update_fields=["role"])
        record_event(
            actor,
            Action.MEMBER_ROLE_CHANGED,
            target=locked.user_id,
            organization_id=locked.organization_id,
            version=version,
            commitment=commit_role(text, locked.organization_id, locked.user_id),
        )
        tell("role-changed", locked.pk, [locked.user_id])
