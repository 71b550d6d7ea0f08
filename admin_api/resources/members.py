"""Members. Names, addresses and roles open under team administration with the key as actor, and that is recorded.

A key gives and takes what the access of its maker may: nobody is made, unmade or removed who is above them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import directory
from accounts.actions import LastOwner, UnknownProject, change_role, remove_member
from accounts.entries import Entry
from accounts.models import Membership, Role
from accounts.policy import Access, Permission
from accounts.roles import open_access
from admin_api.frame.fields import IdField, Strict
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Resource

_ROLES = [role.value for role in Role]
_LAST_OWNER = "This is the only owner. Make somebody else an owner first."


class ProjectRole(serializers.Serializer[Any]):
    project_id = serializers.UUIDField()
    role = serializers.ChoiceField(_ROLES)


class Member(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000004",
        "name": "Olivia Owner",
        "email": "olivia@example.com",
        "role": "owner",
        "projects": None,
        "created_at": "2026-07-01T09:00:00Z",
    }
    id = serializers.UUIDField(help_text="The person's id, by which the audit log names them.")
    name = serializers.CharField(help_text="Empty if they gave none.")
    email = serializers.CharField()
    role = serializers.ChoiceField(_ROLES, allow_null=True, help_text="Null if no recorded change gave it.")
    projects = ProjectRole(many=True, allow_null=True, help_text="Null for who works in every project.")
    created_at = serializers.DateTimeField()


class GivenProject(Strict):
    project_id = IdField()
    role = serializers.ChoiceField(_ROLES)


class RoleChange(Strict):
    example = {"role": "developer"}
    role = serializers.ChoiceField(_ROLES)
    projects = serializers.ListField(
        child=GivenProject(),
        allow_null=True,
        required=False,
        max_length=50,
        help_text="Null or left out: every project.",
    )


@dataclass(frozen=True, slots=True, repr=False)
class _Shown:
    id: UUID
    name: str
    email: str
    role: str | None
    projects: list[dict[str, Any]] | None
    created_at: datetime


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
        found, data = _membership(self, member_id), self.body()
        limited = data.get("projects")
        projects = None if limited is None else {each["project_id"]: Role(each["role"]) for each in limited}
        try:
            change_role(
                self.caller.actor,
                membership=found,
                role=Role(data["role"]),
                projects=projects,
                giver=self.caller.access,
            )
        except LastOwner:
            raise Conflict(_LAST_OWNER) from None
        except UnknownProject:
            raise Conflict("One of these projects is not there, or there are too many.") from None
        except ValueError as error:
            raise Conflict(str(error)) from None
        return self.shown(_opened(self, [_membership(self, member_id)])[0])

    def delete(self, request: Request, member_id: UUID) -> Response:
        try:
            remove_member(self.caller.actor, membership=_membership(self, member_id), giver=self.caller.access)
        except LastOwner:
            raise Conflict(_LAST_OWNER) from None
        return Response(status=204)


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
    return [_shown(each, known.get(each.user_id), access.get(each.user_id)) for each in memberships]


def _shown(membership: Membership, entry: Entry | None, access: Access | None) -> _Shown:
    limited = access.projects if access else None
    return _Shown(
        id=membership.user_id,
        name=entry.name if entry else "",
        email=entry.email if entry else "",
        role=access.role.value if access else None,
        projects=None if limited is None else projects_shown(limited),
        created_at=membership.created_at,
    )


def projects_shown(limited: Any) -> list[dict[str, Any]]:
    return [{"project_id": pk, "role": role.value} for pk, role in sorted(limited.items())]
