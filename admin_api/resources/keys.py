"""API keys, which call models. The secret stands in the answer that makes one, and never again."""

from collections.abc import Callable
from typing import Any, TypeVar
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
from keys.actions import issue_key, revoke_key
from keys.models import ApiKey as Model

T = TypeVar("T")
STATES = {"active": {"revoked_at__isnull": True}, "revoked": {"revoked_at__isnull": False}}


class ApiKey(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000003",
        "name": "ci-runner",
        "project_id": "0197a1b2-0000-7000-8000-000000000002",
        "hint": "llk_…x7Qa",
        "created_by": "0197a1b2-0000-7000-8000-000000000004",
        "created_at": "2026-07-01T09:00:00Z",
        "revoked_at": None,
    }
    id = serializers.UUIDField()
    name = serializers.CharField()
    project_id = serializers.UUIDField()
    hint = serializers.CharField(help_text="The last characters of the secret, to tell keys apart.")
    created_by = serializers.UUIDField(
        source="created_by_id", allow_null=True, help_text="The member's id, if it was one."
    )
    created_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class ApiKeyWithSecret(ApiKey):
    example = {**ApiKey.example, "secret": "llk_" + "0" * 38}
    secret = serializers.CharField(
        allow_null=True, help_text="Shown only this once. Null if the request came again: the secret is not kept."
    )


class NewApiKey(Strict):
    example = {"name": "ci-runner", "project_id": "0197a1b2-0000-7000-8000-000000000002"}
    name = NameField()
    project_id = IdField()


class ApiKeyQuery(PageQuery):
    state = serializers.ChoiceField(sorted(STATES), required=False)
    project_id = IdField(required=False)


class ApiKeys(Making):
    tag = "API keys"
    operations = {
        "GET": Operation(
            "keys.list", "List API keys", Permission.VIEW_KEYS, answer=ApiKey, query=ApiKeyQuery, paged=True
        ),
        "POST": Operation(
            "keys.create",
            "Make an API key",
            Permission.MANAGE_KEYS,
            answer=ApiKeyWithSecret,
            status=201,
            body=NewApiKey,
            description="The secret is in this answer alone.",
            conflicts="The project is archived",
        ),
    }

    def get(self, request: Request) -> Response:
        keys = _keys(self).filter(**STATES.get(self.query.get("state", ""), {}))
        if project := self.query.get("project_id"):
            keys = keys.filter(project=project)
        return self.page(keys)

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        data = self.body()
        project = project_of(self, data["project_id"], Permission.MANAGE_KEYS)
        if project.is_archived:
            raise Conflict("This project is archived. Take it up again first.")

        def act() -> Model:
            key, secret = issue_key(
                self.caller.actor, project=project, name=data["name"], creator=self.caller.key.created_by
            )
            return with_secret(key, secret)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return with_secret(get_object_or_404(_keys(self, Permission.MANAGE_KEYS), pk=pk), None)


class OneApiKey(Resource):
    tag = "API keys"
    operations = {"GET": Operation("keys.get", "Get an API key", Permission.VIEW_KEYS, answer=ApiKey)}

    def get(self, request: Request, key_id: UUID) -> Response:
        return self.shown(get_object_or_404(_keys(self), pk=key_id))


class ApiKeyRevocation(Making):
    tag = "API keys"
    operations = {
        "POST": Operation(
            "keys.revoke",
            "Revoke an API key",
            Permission.MANAGE_KEYS,
            answer=ApiKey,
            description="Calls with it are refused at once. To revoke a revoked key again changes nothing.",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        key = self.again(kwargs["key_id"])

        def act() -> Model:
            revoke_key(self.caller.actor, key)
            return key

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return get_object_or_404(_keys(self, Permission.MANAGE_KEYS).select_related("project"), pk=pk)


def with_secret(thing: T, secret: str | None) -> T:
    """Return what was made with its secret, for this one answer."""
    thing.secret = secret  # type: ignore[attr-defined]
    return thing


def _keys(resource: Resource, permission: Permission = Permission.VIEW_KEYS) -> QuerySet[Model]:
    """Return the keys of the projects in which something is allowed."""
    return Model.objects.filter(project__in=resource.caller.projects(permission), is_playground=False)
