"""Invitations that wait. Whoever invites stands for it in person, so a program sees them and sends none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.invitations import opened
from accounts.models import Invitation as Model
from accounts.models import Role
from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Resource
from admin_api.resources.members import ProjectRole, projects_shown


class Invitation(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000000c",
        "email": "mira@example.com",
        "role": "developer",
        "projects": None,
        "invited_by": "0197a1b2-0000-7000-8000-000000000004",
        "issued_at": "2026-07-01T09:00:00Z",
        "expires_at": "2026-07-08T09:00:00Z",
        "voided_at": None,
    }
    id = serializers.UUIDField()
    email = serializers.CharField()
    role = serializers.ChoiceField([role.value for role in Role])
    projects = ProjectRole(many=True, allow_null=True, help_text="Null for every project.")
    invited_by = serializers.UUIDField(allow_null=True, help_text="A member's id.")
    issued_at = serializers.DateTimeField(help_text="When the newest letter was asked for.")
    expires_at = serializers.DateTimeField()
    voided_at = serializers.DateTimeField(allow_null=True, help_text="Since when nobody stands for it.")


@dataclass(frozen=True, slots=True, repr=False)
class _Shown:
    id: UUID
    email: str
    role: str
    projects: list[dict[str, Any]] | None
    invited_by: UUID | None
    issued_at: datetime
    expires_at: datetime
    voided_at: datetime | None


class Invitations(Resource):
    tag = "Members"
    operations = {
        "GET": Operation(
            "invitations.list",
            "List invitations",
            Permission.MANAGE_MEMBERS,
            answer=Invitation,
            query=PageQuery,
            paged=True,
            description="People invite on the console's pages: whoever does stands for it.",
        )
    }

    def get(self, request: Request) -> Response:
        return self.page(self.caller.organization.invitations.all(), show=self._opened)

    def _opened(self, invitations: Sequence[Model]) -> list[_Shown]:
        found = opened(self.caller.actor, invitations)
        return [self._shown(each, found[each.pk]) for each in invitations]

    def _shown(self, invitation: Model, invited: Any) -> _Shown:
        limited = invited.access.projects
        return _Shown(
            id=invitation.pk,
            email=invited.email,
            role=invited.access.role.value,
            projects=None if limited is None else projects_shown(limited),
            invited_by=invitation.invited_by_id,
            issued_at=invitation.issued_at,
            expires_at=invitation.expires_at,
            voided_at=invitation.voided_at,
        )
