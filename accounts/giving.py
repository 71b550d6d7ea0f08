"""What stands behind somebody who lets others in: of a person their own access, of an admin key that of its maker.

It is asked anew wherever an invitation counts, long after it was sent. What a key is only the room of keys knows, which
stands above this one and tells it here.
"""

from collections.abc import Callable
from uuid import UUID

from accounts.models import Organization
from accounts.policy import Access
from accounts.roles import access_of
from ledger.actor import Actor, ActorKind

Behind = Callable[[Actor, Organization, Actor], Access | None]
_behind: dict[ActorKind, Behind] = {}


def behind(kind: ActorKind) -> Callable[[Behind], Behind]:
    """Register what tells the access behind actors of a kind now; None for one behind whom there is none."""

    def register(tell: Behind) -> Behind:
        _behind[kind] = tell
        return tell

    return register


def access_behind(giver: Actor, organization: Organization, opener: Actor) -> Access | None:
    """Return the access behind somebody now, opened for `opener`; None where there is none (any more)."""
    tell = _behind.get(giver.kind)
    return tell(giver, organization, opener) if tell else None


@behind(ActorKind.USER)
def _own(giver: Actor, organization: Organization, opener: Actor) -> Access | None:
    user_id = UUID(giver.id)
    return access_of(opener, organization, users=[user_id]).get(user_id)
