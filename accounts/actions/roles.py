"""Giving roles, and the end of a membership. The rules of who may give what stand in policy.py.

Each action holds the lock on the organization's row and opens the roles it decides by under it: of two owners who take
each other's ownership at the same moment, the second one finds that it is gone.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts import directory
from accounts.access_changes import access_changed
from accounts.actions.owners import lock, refuse_last_owner
from accounts.models import Membership, Organization, Project, Role
from accounts.policy import Access, may_give
from accounts.roles import MOST_PROJECTS, NO_ROLE, access_of, commit_role, given_role, write_access
from ledger.actor import Actor, ActorKind
from ledger.events import record_event
from ledger.models import Action, AuditEvent
from notifications.telling import tell
from vault.purposes import Purpose

_REFUSAL = gettext_lazy("Your own role does not let you give or take this one.")


class UnknownProject(Exception):
    """A member was to be limited to a project that is not one of the organization's, or to too many."""


def change_role(
    actor: Actor,
    *,
    membership: Membership,
    role: Role,
    projects: Mapping[UUID, Role] | None = None,
    giver: Access | None = None,
) -> None:
    """Give a member another role; any record of the former one counts no more. They are told.

    With `projects` they work in those alone, each with a role that is not above theirs; without, in every project:
    name them again to keep them. PermissionDenied, LastOwner, UnknownProject, or ValueError for what no role can be.
    Of an actor that is a key, `giver` is the access that stands behind it.
    """
    change_roles(actor, memberships=[membership], access=Access(role, projects), giver=giver)


def change_roles(
    actor: Actor, *, memberships: Sequence[Membership], access: Access, giver: Access | None = None
) -> None:
    """Give several members of one organization the same, or none of them if it can't be given to one.

    Raises as `change_role` does; a PermissionDenied names nobody, so ask the policy of each beforehand.
    """
    if not memberships:
        return
    with transaction.atomic():
        organization = lock([memberships[0].organization_id])[0]
        locked = _current(organization, memberships)
        former = _refuse_all(actor, organization, [each.user_id for each in locked], access, giver)
        check_projects(organization, access)
        changed = [each for each in locked if former.get(each.user_id) != access]
        demoted = [each.user_id for each in changed if _owns(former.get(each.user_id))]
        if demoted and access.role is not Role.OWNER:
            refuse_last_owner(actor, organization, *demoted)
        for membership in changed:
            _seal(actor, membership, access)
            tell("role-changed", membership.pk, [membership.user_id])
        if changed:
            noted = {each.user_id: access.role.value for each in changed}
            directory.note_roles(actor, organization=organization, roles=noted)


def remove_member(actor: Actor, *, membership: Membership, giver: Access | None = None) -> None:
    """End somebody else's membership, and tell them; PermissionDenied, or LastOwner. Their API keys stay."""
    with transaction.atomic():
        locked = _locked(membership)
        former = _refuse_all(actor, locked.organization, [locked.user_id], None, giver)
        if _owns(former.get(locked.user_id)):
            refuse_last_owner(actor, locked.organization, locked.user_id)
        event = end_membership(actor, locked)
        tell("removed-from-organization", event.pk, [locked.user_id])


def leave_organization(actor: Actor, *, membership: Membership) -> None:
    """End one's own membership; LastOwner while nobody else owns the organization. The API keys stay."""
    if actor != Actor.user(membership.user_id):
        raise PermissionDenied
    with transaction.atomic():
        locked = _locked(membership)
        refuse_last_owner(actor, locked.organization, locked.user_id)
        end_membership(actor, locked)


def give_role(actor: Actor, membership: Membership, new: Access) -> None:
    """Seal what somebody was given, and record it; who may and whether it can be was asked before."""
    _seal(actor, membership, new)
    noted = {membership.user_id: new.role.value}
    directory.note_roles(actor, organization=membership.organization, roles=noted)


def _seal(actor: Actor, membership: Membership, new: Access) -> None:
    version = given_role(membership.organization_id, membership.user_id).version + 1
    membership.role = text = write_access(new, version)
    membership.save(update_fields=["role"])
    _record(actor, Action.MEMBER_ROLE_CHANGED, membership, version, text)
    access_changed(membership.organization_id, membership.user_id, new)


def end_membership(
    actor: Actor, membership: Membership, *, purpose: Purpose = Purpose.TEAM_ADMINISTRATION
) -> AuditEvent:
    """Delete a membership; its row put back counts no more, because the newest event stands for no role."""
    version = given_role(membership.organization_id, membership.user_id).version + 1
    directory.forget_member(actor, organization=membership.organization, user=membership.user, purpose=purpose)
    membership.delete()
    event = _record(actor, Action.MEMBER_REMOVED, membership, version, None)
    access_changed(membership.organization_id, membership.user_id, None)
    return event


def check_projects(organization: Organization, access: Access) -> None:
    """UnknownProject unless all projects that somebody is limited to are the organization's."""
    wanted = access.projects or {}
    known = Project.objects.filter(organization=organization, pk__in=list(wanted)).count()
    if known != len(wanted) or known > MOST_PROJECTS:
        raise UnknownProject


def _record(actor: Actor, action: Action, membership: Membership, version: int, text: str | None) -> AuditEvent:
    place = (membership.organization_id, membership.user_id)
    return record_event(
        actor,
        action,
        target=membership.user_id,
        organization_id=membership.organization_id,
        version=version,
        commitment=NO_ROLE if text is None else commit_role(text, *place),
    )


def _locked(membership: Membership) -> Membership:
    """Lock the organization and return the membership as it is now; Membership.DoesNotExist if it ended meanwhile."""
    lock([membership.organization_id])
    return Membership.objects.select_related("organization", "user").get(pk=membership.pk)


def _current(organization: Organization, memberships: Sequence[Membership]) -> list[Membership]:
    """Return the memberships as they are now; Membership.DoesNotExist if one ended, or is another organization's."""
    wanted = {membership.pk for membership in memberships}
    found = list(organization.memberships.select_related("organization", "user").filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise Membership.DoesNotExist
    return found


def _refuse_all(
    actor: Actor, organization: Organization, user_ids: Sequence[UUID], new: Access | None, giver: Access | None
) -> dict[UUID, Access]:
    """Return what the members have; PermissionDenied if the actor may not make the other one of each.

    The command line may give anything: who is there can read the databases as well. A key gives what `giver` may.
    """
    giver_id = UUID(actor.id) if actor.kind is ActorKind.USER else None
    found = access_of(actor, organization, users={*user_ids, *([giver_id] if giver_id else [])})
    if actor.kind in {ActorKind.USER, ActorKind.KEY}:
        giver = found.get(giver_id) if giver_id else giver
        if giver is None or not all(may_give(giver, found.get(each), new) for each in user_ids):
            raise PermissionDenied(_REFUSAL)
    return found


def _owns(access: Access | None) -> bool:
    return access is not None and access.role is Role.OWNER
