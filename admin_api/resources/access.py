"""A role and its projects, as programs give and see them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers

from accounts.models import Role
from accounts.policy import Access
from admin_api.frame.fields import IdField, Strict
from admin_api.frame.problems import Conflict

ROLES = [role.value for role in Role]
UNKNOWN_PROJECT = "One of these projects is not there, or there are too many."


class ProjectRole(serializers.Serializer[Any]):
    project_id = serializers.UUIDField()
    role = serializers.ChoiceField(ROLES)


class GivenProject(Strict):
    project_id = IdField()
    role = serializers.ChoiceField(ROLES)


# What bodies that give a role have in common. (A docstring would be in the schema.)
class GivenAccess(Strict):
    role = serializers.ChoiceField(ROLES)
    projects = serializers.ListField(
        child=GivenProject(),
        allow_null=True,
        required=False,
        max_length=50,
        help_text="Null or left out: every project.",
    )


def given(data: Mapping[str, Any]) -> Access:
    """Return what such a body gives; a conflict for what no role can be."""
    limited = data.get("projects")
    projects = None if limited is None else {each["project_id"]: Role(each["role"]) for each in limited}
    try:
        return Access(Role(data["role"]), projects)
    except ValueError as error:
        raise Conflict(str(error)) from None


def projects_shown(limited: Mapping[UUID, Role] | None) -> list[dict[str, Any]] | None:
    return None if limited is None else [{"project_id": pk, "role": role.value} for pk, role in sorted(limited.items())]
