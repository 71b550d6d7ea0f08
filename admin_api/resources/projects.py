"""Projects: where keys and usage of one product belong."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import create_project
from accounts.models import Project as Model
from accounts.models.project import MAX_RETENTION_DAYS
from accounts.policy import Permission
from admin_api.frame.fields import NameField, Strict, StrictInteger
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making, Resource

_TAKEN = "The organization has a project whose name makes the same address. Choose another name."


class Project(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000002",
        "name": "Platform",
        "slug": "platform",
        "retention_days": 0,
        "created_at": "2026-07-01T09:00:00Z",
    }
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    retention_days = serializers.IntegerField(
        help_text="How long prompts and answers are kept, sealed; 0 is not at all."
    )
    created_at = serializers.DateTimeField()


class NewProject(Strict):
    example = {"name": "Platform", "retention_days": 0}
    name = NameField()
    retention_days = StrictInteger(min_value=0, max_value=MAX_RETENTION_DAYS, default=0)


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
            conflicts="The name is taken",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.page(Model.objects.filter(organization=self.caller.organization))

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        data = self.body()

        def act() -> Model:
            try:
                return create_project(self.caller.actor, organization=self.caller.organization, **data)
            except IntegrityError:
                raise Conflict(_TAKEN) from None

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return project_of(self, pk)


class OneProject(Resource):
    tag = "Projects"
    operations = {"GET": Operation("projects.get", "Get a project", Permission.VIEW_PROJECTS, answer=Project)}

    def get(self, request: Request, project_id: UUID) -> Response:
        return self.shown(project_of(self, project_id))


def project_of(resource: Resource, pk: UUID) -> Model:
    return get_object_or_404(Model.objects.filter(organization=resource.caller.organization), pk=pk)
