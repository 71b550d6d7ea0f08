"""Admin keys: listed and revoked here. Only a person makes one, so that a leaked key can't make itself successors."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Making, Resource
from keys.admin.actions import revoke_admin_key
from keys.models import AdminKey as Model


class AdminKey(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000005",
        "name": "terraform",
        "hint": "lla_…b2Zk",
        "scopes": ["keys:manage", "keys:view"],
        "created_by": "0197a1b2-0000-7000-8000-000000000004",
        "created_at": "2026-07-01T09:00:00Z",
        "expires_at": "2026-09-29T09:00:00Z",
        "last_used_at": None,
        "revoked_at": None,
    }
    id = serializers.UUIDField()
    name = serializers.CharField()
    hint = serializers.CharField(help_text="The last characters of the secret, to tell keys apart.")
    scopes = serializers.ListField(child=serializers.CharField())
    created_by = serializers.UUIDField(source="created_by_id", allow_null=True, help_text="Null: an operator.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To five minutes.")
    revoked_at = serializers.DateTimeField(allow_null=True)


class AdminKeys(Resource):
    tag = "Admin keys"
    operations = {
        "GET": Operation(
            "adminKeys.list",
            "List admin keys",
            Permission.MANAGE_ADMIN_KEYS,
            answer=AdminKey,
            query=PageQuery,
            paged=True,
        )
    }

    def get(self, request: Request) -> Response:
        return self.page(_keys(self))


class OneAdminKey(Resource):
    tag = "Admin keys"
    operations = {"GET": Operation("adminKeys.get", "Get an admin key", Permission.MANAGE_ADMIN_KEYS, answer=AdminKey)}

    def get(self, request: Request, admin_key_id: UUID) -> Response:
        return self.shown(get_object_or_404(_keys(self), pk=admin_key_id))


class AdminKeyRevocation(Making):
    tag = "Admin keys"
    operations = {
        "POST": Operation(
            "adminKeys.revoke",
            "Revoke an admin key",
            Permission.MANAGE_ADMIN_KEYS,
            answer=AdminKey,
            description="A key may revoke itself: it is refused from the next request on.",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        key = self.again(kwargs["admin_key_id"])

        def act() -> Model:
            revoke_admin_key(self.caller.actor, key)
            return key

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return get_object_or_404(_keys(self), pk=pk)


def _keys(resource: Resource) -> QuerySet[Model]:
    return Model.objects.visible_to(resource.caller.organization)
