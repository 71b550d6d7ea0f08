"""What stands behind an admin key that let somebody in: its maker's access, as long as the key could do it again.

So who revokes a leaked key ends what it invited, and who is demoted or leaves takes their keys' invitations along.
"""

from uuid import UUID

from django.utils import timezone

from accounts.giving import behind
from accounts.models import Organization, Role
from accounts.policy import Access, Permission
from accounts.roles import access_of
from keys.models import AdminKey
from ledger.actor import Actor, ActorKind


@behind(ActorKind.KEY)
def access_of_maker(giver: Actor, organization: Organization, opener: Actor) -> Access | None:
    """Return what stands behind a usable key that may manage members; for one that an operator made, everything."""
    usable = AdminKey.objects.usable(timezone.now()).select_related("created_by")
    key = usable.filter(organization=organization, pk=UUID(giver.id)).first()
    if key is None or Permission.MANAGE_MEMBERS not in key.scopes:
        return None
    if key.created_by is None:
        return Access(Role.OWNER)
    found = access_of(opener, organization, users=[key.created_by.pk]) if key.created_by.is_active else {}
    return found.get(key.created_by.pk)
