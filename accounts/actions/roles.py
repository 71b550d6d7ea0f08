"""Giving roles, and the end of a membership. The rules of who may give what stand in policy.py.

Each action holds the lock on the organization's row and opens the roles it decides by under it: of two owners who take
each other's ownership at the same moment, the second one finds that it is gone.
"""

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts import directory
from accounts.actions.owners import lock, refuse_last_owner
from accounts.models import Membership, Organization, Project, Role
from accounts.policy import Access, may_give
from accounts.roles import MOST_PROJECTS, NO_ROLE, access_of, commit_role, given_role, write_access
from ledger.actor import Actor, ActorKind
from ledger.events import record_event
from ledger.models import Action, AuditEvent
from notifications.telling import tell
from vault.purposes import Purpose

_REFUSAL = "Your own role does not let you give or take this one."


class UnknownProject(Exception):
    """A member was to be limited to a project that is not one of the organization's, or to too many."""


def change_role(
    actor: Actor, *, membership: Membership, role: Role, projects: Mapping[UUID, Role] | None = None
) -> None:
    """Give a member another role; any record of the former one counts no more. They are told.

    With `projects` they work in those alone, each with a role that is not above theirs; without, in every project:
    name them again to keep them. PermissionDenied, LastOwner, UnknownProject, or ValueError for what no role can be.
    """
    new = Access(role, projects)
    with transaction.atomic():
        locked = _locked(membership)
        former = _refuse(actor, locked, new)
        check_projects(locked.organization, new)
        if former == new:
            return
        if former and former.role is Role.OWNER and role is not Role.OWNER:
            refuse_last_owner(actor, locked.organization, locked.user_id)
        give_role(actor, locked, new)
        tell("role-changed", locked.pk, [locked.user_id])


def remove_member(actor: Actor, *, membership: Membership) -> None:
    """End somebody else's membership, and tell them; PermissionDenied, or LastOwner. Their API keys stay."""
    with transaction.atomic():
        locked = _locked(membership)
        former = _refuse(actor, locked, None)
        if former and former.role is Role.OWNER:
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
    version = given_role(membership.organization_id, membership.user_id).version + 1
    membership.role = text = write_access(new, version)
    membership.save(update_fields=["role"])
    _record(actor, Action.MEMBER_ROLE_CHANGED, membership, version, text)


def end_membership(
    actor: Actor, membership: Membership, *, purpose: Purpose = Purpose.TEAM_ADMINISTRATION
) -> AuditEvent:
    """Delete a membership; its row put back counts no more, because the newest event stands for no role."""
    version = given_role(membership.organization_id, membership.user_id).version + 1
    directory.forget_member(actor, organization=membership.organization, user=membership.user, purpose=purpose)
    membership.delete()
    return _record(actor, Action.MEMBER_REMOVED, membership, version, None)


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


def _refuse(actor: Actor, membership: Membership, new: Access | None) -> Access | None:
    """Return what the member has; PermissionDenied if the actor may not make the other one of it.

    The command line may give anything: who is there can read the databases as well.
    """
    giver_id = UUID(actor.id) if actor.kind is ActorKind.USER else None
    users = {membership.user_id, giver_id or membership.user_id}
    found = access_of(actor, membership.organization, users=users)
    former = found.get(membership.user_id)
    if giver_id is not None:
        giver = found.get(giver_id)
        if giver is None or not may_give(giver, former, new):
            raise PermissionDenied(_REFUSAL)
    return former
