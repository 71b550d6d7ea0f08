"""Members. Names, addresses and roles open under team administration with the key as actor, and that is recorded."""

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
from accounts.models import Membership, Role
from accounts.policy import Permission
from accounts.roles import roles_of
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Resource


class Member(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000004",
        "name": "Olivia Owner",
        "email": "olivia@example.com",
        "role": "owner",
        "created_at": "2026-07-01T09:00:00Z",
    }
    id = serializers.UUIDField(help_text="The person's id, by which the audit log names them.")
    name = serializers.CharField(help_text="Empty if they gave none.")
    email = serializers.CharField()
    role = serializers.ChoiceField(
        [role.value for role in Role], allow_null=True, help_text="Null if no event gave it."
    )
    created_at = serializers.DateTimeField()


@dataclass(frozen=True, slots=True, repr=False)
class _Shown:
    id: UUID
    name: str
    email: str
    role: str | None
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
    }

    def get(self, request: Request, member_id: UUID) -> Response:
        return self.shown(_opened(self, [_membership(self, member_id)])[0])


def _membership(resource: Resource, user_id: UUID) -> Membership:
    return get_object_or_404(Membership, organization=resource.caller.organization, user=user_id)


def _opened(resource: Resource, memberships: Sequence[Membership]) -> list[_Shown]:
    """Return members in the clear: one leaf for the directory and one for the roles, however many there are."""
    if not memberships:
        return []
    actor, organization = resource.caller.actor, resource.caller.organization
    known = {entry.user_id: entry for entry in directory.everybody(actor, organization=organization)}
    roles = roles_of(actor, organization, memberships)
    return [_shown(each, known.get(each.user_id), roles.get(each.user_id)) for each in memberships]


def _shown(membership: Membership, entry: Any, role: Role | None) -> _Shown:
    name, email = (entry.name, entry.email) if entry else ("", "")
    return _Shown(membership.user_id, name, email, role and role.value, membership.created_at)
