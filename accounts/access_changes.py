"""What follows where somebody's access begins, changes or ends. Rooms above say it here, as with `giving`.

It runs in the transaction of the change, after its event.
"""

from collections.abc import Callable
from uuid import UUID

from accounts.policy import Access

Follow = Callable[[UUID, UUID, Access | None], None]
_following: list[Follow] = []


def follows_access(follow: Follow) -> Follow:
    """Register what is called with an organization, a user, and the access they have now (None: they left)."""
    _following.append(follow)
    return follow


def access_changed(organization_id: UUID, user_id: UUID, access: Access | None) -> None:
    for follow in _following:
        follow(organization_id, user_id, access)
