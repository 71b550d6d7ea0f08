"""Service accounts: owners of API keys that are no people."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import IdField, NameField, Strict
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making, Resource
from admin_api.resources.projects import project_of
from keys.actions import end_service_account, make_service_account
from keys.models import ServiceAccount as Model


class ServiceAccount(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000008",
        "name": "nightly-evaluation",
        "project_id": "0197a1b2-0000-7000-8000-000000000002",
        "created_at": "2026-07-01T09:00:00Z",
        "ended_at": None,
    }
    id = serializers.UUIDField()
    name = serializers.CharField()
    project_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Its keys were revoked then.")


class NewServiceAccount(Strict):
    example = {"name": "nightly-evaluation", "project_id": "0197a1b2-0000-7000-8000-000000000002"}
    name = NameField()
    project_id = IdField()


class ServiceAccountQuery(PageQuery):
    project_id = IdField(required=False)


class ServiceAccounts(Making):
    tag = "Service accounts"
    operations = {
        "GET": Operation(
            "serviceAccounts.list",
            "List service accounts",
            Permission.VIEW_KEYS,
            answer=ServiceAccount,
            query=ServiceAccountQuery,
            paged=True,
        ),
        "POST": Operation(
            "serviceAccounts.create",
            "Make a service account",
            Permission.MANAGE_KEYS,
            answer=ServiceAccount,
            status=201,
            body=NewServiceAccount,
            conflicts="The project is archived",
        ),
    }

    def get(self, request: Request) -> Response:
        accounts = _accounts(self)
        if project := self.query.get("project_id"):
            accounts = accounts.filter(project=project)
        return self.page(accounts)

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        data = self.body()
        project = project_of(self, data["project_id"], Permission.MANAGE_KEYS)
        if project.is_archived:
            raise Conflict("This project is archived. Take it up again first.")
        creator = self.caller.key.created_by
        return lambda: make_service_account(self.caller.actor, project=project, name=data["name"], creator=creator)

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return _account(self, pk, Permission.MANAGE_KEYS)


class OneServiceAccount(Resource):
    tag = "Service accounts"
    operations = {
        "GET": Operation("serviceAccounts.get", "Get a service account", Permission.VIEW_KEYS, answer=ServiceAccount)
    }

    def get(self, request: Request, account_id: UUID) -> Response:
        return self.shown(_account(self, account_id))


class ServiceAccountEnding(Making):
    tag = "Service accounts"
    operations = {
        "POST": Operation(
            "serviceAccounts.end",
            "End a service account and revoke its keys",
            Permission.MANAGE_KEYS,
            answer=ServiceAccount,
            description="To end it again changes nothing.",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        account = self.again(kwargs["account_id"])

        def act() -> Model:
            end_service_account(self.caller.actor, account)
            return account

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return _account(self, pk, Permission.MANAGE_KEYS)


def _accounts(resource: Resource, permission: Permission = Permission.VIEW_KEYS) -> QuerySet[Model]:
    return Model.objects.filter(project__in=resource.caller.projects(permission)).select_related("project")


def _account(resource: Resource, pk: UUID, permission: Permission = Permission.VIEW_KEYS) -> Model:
    return get_object_or_404(_accounts(resource, permission), pk=pk)
