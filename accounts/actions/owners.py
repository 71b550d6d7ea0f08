"""The last owner: no organization is left to nobody. Whoever takes an owner away asks here, under the lock.

Whoever locks organizations and a person locks the organizations first.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from accounts.models import Deletion, Membership, Organization, Role, User
from accounts.roles import roles_of
from ledger.actor import Actor


class LastOwner(Exception):
    """The person is the only owner of an organization, which would be left to nobody."""

    def __init__(self, organization: Organization) -> None:
        super().__init__(f"They are the only owner of {organization.slug}: name another one, or erase it first.")
        self.organization = organization


def lock(organization_ids: Iterable[UUID]) -> list[Organization]:
    """Lock organizations in one order, so that two owners who go at the same moment see each other.

    Rows that refer to them can still be added.
    """
    rows = Organization.objects.select_for_update(no_key=True).filter(pk__in=list(organization_ids))
    return list(rows.order_by("pk"))


def lock_person(user_id: UUID) -> tuple[User, list[Organization]]:
    """Lock a person and all of their organizations. Under the lock on their row nobody makes them a member."""
    while True:
        joined = _joined(user_id)
        with transaction.atomic():  # a savepoint: without it go the locks that were taken in it
            organizations = lock(joined)
            user = User.objects.select_for_update().get(pk=user_id)
            if _joined(user_id) <= joined:
                return user, organizations
            transaction.set_rollback(True)


def refuse_last_owner(actor: Actor, organization: Organization, *user_ids: UUID) -> None:
    """LastOwner if one of them owns it and nobody else does who stays; the caller holds the lock."""
    owners = {each for each, role in roles_of(actor, organization).items() if role is Role.OWNER}
    leaving = Deletion.objects.pending().filter(subject_id__in=owners).values_list("subject_id", flat=True)
    if owners & set(user_ids) and not owners - {*user_ids, *leaving}:
        raise LastOwner(organization)


def _joined(user_id: UUID) -> set[UUID]:
    return set(Membership.objects.filter(user=user_id).values_list("organization", flat=True))
