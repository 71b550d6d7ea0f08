"""Members. Names, addresses and roles open under team administration with the key as actor, and that is recorded.

A key gives and takes what the access of its maker may: nobody is made, unmade or removed who is above them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import directory
from accounts.actions import LastOwner, UnknownProject, change_roles, remove_member
from accounts.entries import Entry
from accounts.members import Factor, factors_of
from accounts.models import Membership
from accounts.policy import Access, Permission
from accounts.roles import open_access
from admin_api.frame.fields import IdField
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making, Resource
from admin_api.resources.access import ROLES, UNKNOWN_PROJECT, GivenAccess, ProjectRole, given, projects_shown

MOST_AT_ONCE = 50
_LAST_OWNER = "This is the only owner. Make somebody else an owner first."
_NO_OWNER_LEFT = "These are all the owners there are. Make somebody else an owner first."


class Member(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000004",
        "name": "Olivia Owner",
        "email": "olivia@example.com",
        "role": "owner",
        "projects": None,
        "second_factor": "passkey",
        "created_at": "2026-07-01T09:00:00Z",
        "last_seen_at": "2026-07-02T09:00:00Z",
    }
    id = serializers.UUIDField(help_text="The person's id, by which the audit log names them.")
    name = serializers.CharField(help_text="Empty if they gave none.")
    email = serializers.CharField()
    role = serializers.ChoiceField(ROLES, allow_null=True, help_text="Null if no recorded change gave it.")
    projects = ProjectRole(many=True, allow_null=True, help_text="Null for who works in every project.")
    second_factor = serializers.ChoiceField(
        [factor.value for factor in Factor], allow_null=True, help_text="Null for keys without `members:manage`."
    )
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField(
        allow_null=True, help_text="To the hour; null for keys without `members:manage`, too."
    )


class RoleChange(GivenAccess):
    example = {"role": "developer"}


class RoleChanges(GivenAccess):
    example = {"members": ["0197a1b2-0000-7000-8000-000000000004"], "role": "developer"}
    members = serializers.ListField(
        child=IdField(), min_length=1, max_length=MOST_AT_ONCE, help_text="Their ids; all of them or none change."
    )


class Changed(serializers.Serializer[Any]):
    example = {"data": [{**Member.example, "role": "developer"}]}
    data = Member(many=True)  # type: ignore[assignment]  # shadows DRF's own name


@dataclass(frozen=True, slots=True, repr=False)
class _Shown:
    id: UUID
    name: str
    email: str
    role: str | None
    projects: list[dict[str, Any]] | None
    second_factor: str | None
    created_at: datetime
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class _Several:
    pk: UUID  # of the organization: what was done to several has no id of its own
    data: list[_Shown]


class Members(Resource):
    tag = "Members"
    operations = {
        "GET": Operation(
            "members.list", "List members", Permission.VIEW_MEMBERS, answer=Member, query=PageQuery, paged=True
        )
    }

    def get(self, request: Request) -> Response:
        memberships = Membership.objects.filter(organization=self.caller.organization)
        return self.page(memberships, show=lambda found: _opened(self, found))


class OneMember(Resource):
    tag = "Members"
    operations = {
        "GET": Operation("members.get", "Get a member", Permission.VIEW_MEMBERS, answer=Member),
        "PATCH": Operation(
            "members.changeRole",
            "Change a member's role",
            Permission.MANAGE_MEMBERS,
            answer=Member,
            body=RoleChange,
            description="Up to the role of whoever made the key; with `projects` in those alone.",
            conflicts="It is the only owner, the project is not there, or the role can't be limited so",
        ),
        "DELETE": Operation(
            "members.remove",
            "Remove a member",
            Permission.MANAGE_MEMBERS,
            status=204,
            description="They are told. Their API keys stay.",
            conflicts="It is the only owner",
        ),
    }

    def get(self, request: Request, member_id: UUID) -> Response:
        return self.shown(_opened(self, [_membership(self, member_id)])[0])

    def patch(self, request: Request, member_id: UUID) -> Response:
        _change(self, [_membership(self, member_id)], given(self.body()), _LAST_OWNER)
        return self.shown(_opened(self, [_membership(self, member_id)])[0])

    def delete(self, request: Request, member_id: UUID) -> Response:
        try:
            remove_member(self.caller.actor, membership=_membership(self, member_id), giver=self.caller.access)
        except LastOwner:
            raise Conflict(_LAST_OWNER) from None
        return Response(status=204)


class MemberRoles(Making):
    tag = "Members"
    operations = {
        "POST": Operation(
            "members.changeRoles",
            "Give several members one role",
            Permission.MANAGE_MEMBERS,
            answer=Changed,
            body=RoleChanges,
            description="Up to the role of whoever made the key; with `projects` in those alone. Each is told.",
            conflicts="No owner would be left, a project is not there, or the role can't be limited so",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], _Several]:
        data = self.body()
        access, found = given(data), _memberships(self, data["members"])

        def act() -> _Several:
            _change(self, found, access, _NO_OWNER_LEFT)
            return self.again(self.caller.organization.pk)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> _Several:
        return _Several(pk, _opened(self, _memberships(self, self.body()["members"])))


def _change(resource: Resource, memberships: Sequence[Membership], access: Access, no_owner: str) -> None:
    caller = resource.caller
    try:
        change_roles(caller.actor, memberships=memberships, access=access, giver=caller.access)
    except LastOwner:
        raise Conflict(no_owner) from None
    except UnknownProject:
        raise Conflict(UNKNOWN_PROJECT) from None
    except Membership.DoesNotExist:
        raise Http404 from None


def _memberships(resource: Resource, user_ids: Sequence[UUID]) -> list[Membership]:
    """Return the memberships of all of these people; Http404 if one is no member, or another organization's."""
    wanted = set(user_ids)
    found = list(Membership.objects.filter(organization=resource.caller.organization, user__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise Http404
    return found


def _membership(resource: Resource, user_id: UUID) -> Membership:
    return get_object_or_404(Membership, organization=resource.caller.organization, user=user_id)


def _opened(resource: Resource, memberships: Sequence[Membership]) -> list[_Shown]:
    """Return members in the clear: one leaf for the directory and one for the roles, however many there are."""
    if not memberships:
        return []
    actor, organization = resource.caller.actor, resource.caller.organization
    users = [membership.user_id for membership in memberships]
    known = directory.entries_of(actor, organization=organization, user_ids=users)
    access = open_access(actor, organization, memberships)
    factors = _factors(resource, users)
    return [_shown(each, known.get(each.user_id), access.get(each.user_id), factors) for each in memberships]


def _factors(resource: Resource, user_ids: Sequence[UUID]) -> dict[UUID, Factor] | None:
    """Return what members sign in with; None for keys that do not manage them, as pages show it to managers alone."""
    if not resource.caller.may(Permission.MANAGE_MEMBERS):
        return None
    return factors_of(Membership.objects.filter(organization=resource.caller.organization, user__in=user_ids))


def _shown(
    membership: Membership, entry: Entry | None, access: Access | None, factors: dict[UUID, Factor] | None
) -> _Shown:
    return _Shown(
        id=membership.user_id,
        name=entry.name if entry else "",
        email=entry.email if entry else "",
        role=access.role.value if access else None,
        projects=projects_shown(access.projects) if access else None,
        second_factor=factors.get(membership.user_id, Factor.NONE).value if factors is not None else None,
        created_at=membership.created_at,
        last_seen_at=membership.seen_at if factors is not None else None,
    )
