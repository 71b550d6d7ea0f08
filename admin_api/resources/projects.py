"""Projects: where keys and usage of one product belong."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import archive_project, change_project, create_project, unarchive_project
from accounts.models import Project as Model
from accounts.models.project import MAX_RETENTION_DAYS
from accounts.policy import Permission
from admin_api.frame.fields import NameField, Strict, StrictInteger
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Making, Resource


class Project(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000002",
        "name": "Platform",
        "slug": "platform",
        "retention_days": 0,
        "created_at": "2026-07-01T09:00:00Z",
        "archived_at": None,
    }
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    retention_days = serializers.IntegerField(
        help_text="How long prompts and answers are kept, sealed; 0 is not at all."
    )
    created_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True, help_text="Since when its keys are refused.")


class NewProject(Strict):
    example = {"name": "Platform", "retention_days": 0}
    name = NameField()
    retention_days = StrictInteger(min_value=0, max_value=MAX_RETENTION_DAYS, default=0)


class ProjectChange(Strict):
    example = {"retention_days": 7}
    name = NameField(required=False)
    retention_days = StrictInteger(min_value=0, max_value=MAX_RETENTION_DAYS, required=False)


class Projects(Making):
    tag = "Projects"
    operations = {
        "GET": Operation(
            "projects.list", "List projects", Permission.VIEW_PROJECTS, answer=Project, query=PageQuery, paged=True
        ),
        "POST": Operation(
            "projects.create",
            "Make a project",
            Permission.MANAGE_PROJECTS,
            answer=Project,
            status=201,
            body=NewProject,
        ),
    }

    def get(self, request: Request) -> Response:
        return self.page(self.caller.projects())

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        data = self.body()
        return lambda: create_project(self.caller.actor, organization=self.caller.organization, **data)

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return project_of(self, pk, Permission.MANAGE_PROJECTS)


class OneProject(Resource):
    tag = "Projects"
    operations = {
        "GET": Operation("projects.get", "Get a project", Permission.VIEW_PROJECTS, answer=Project),
        "PATCH": Operation(
            "projects.change",
            "Rename a project, or change its retention",
            Permission.MANAGE_PROJECTS,
            answer=Project,
            body=ProjectChange,
            description=(
                "What is left out stays as it is; the slug stays in any case. Fewer days of retention count for "
                "what is kept already: what is older can't be opened from then on, and is deleted within minutes."
            ),
        ),
    }

    def get(self, request: Request, project_id: UUID) -> Response:
        return self.shown(project_of(self, project_id))

    def patch(self, request: Request, project_id: UUID) -> Response:
        project, data = project_of(self, project_id, Permission.MANAGE_PROJECTS), self.body()
        change_project(
            self.caller.actor,
            project=project,
            name=data.get("name", project.name),
            retention_days=data.get("retention_days", project.retention_days),
        )
        return self.shown(project_of(self, project_id, Permission.MANAGE_PROJECTS))


class ProjectArchiving(Making):
    tag = "Projects"
    operations = {
        "POST": Operation(
            "projects.archive",
            "Archive a project",
            Permission.MANAGE_PROJECTS,
            answer=Project,
            description="Its keys are refused from the next call on. To archive it again changes nothing.",
        )
    }
    deed = staticmethod(archive_project)

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        project = self.again(kwargs["project_id"])

        def act() -> Model:
            self.deed(self.caller.actor, project)
            return self.again(project.pk)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return project_of(self, pk, Permission.MANAGE_PROJECTS)


class ProjectRestoring(ProjectArchiving):
    operations = {
        "POST": Operation(
            "projects.restore",
            "Take an archived project up again",
            Permission.MANAGE_PROJECTS,
            answer=Project,
            description="Those of its keys that were not revoked work again.",
        )
    }
    deed = staticmethod(unarchive_project)


def project_of(resource: Resource, pk: UUID, permission: Permission = Permission.VIEW_PROJECTS) -> Model:
    return get_object_or_404(resource.caller.projects(permission), pk=pk)
