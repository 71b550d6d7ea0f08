"""Webhook endpoints: where signed events go. The secret stands in the answer that makes one, and never again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import DescriptionField, Strict, StrictBoolean, StrictText
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making, Resource
from admin_api.frame.shown_once import with_secret
from notifications.models import Because
from notifications.models import Endpoint as Model
from notifications.webhooks import guard
from notifications.webhooks.actions import (
    MAX_ENDPOINTS,
    TooMany,
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    rotate_secret,
)
from notifications.webhooks.kinds import subscribable

_KINDS = [kind.name for kind in subscribable()]
_FULL = f"An organization can have {MAX_ENDPOINTS} endpoints. Delete one first."
_URL_HELP = "Public and https. Put no secret into it: it is shown to owners and admins."


class Endpoint(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000006",
        "url": "https://example.com/webhooks",
        "description": "Key inventory",
        "events": ["key.created", "key.revoked"],
        "enabled": True,
        "disabled_because": None,
        "failing_since": None,
        "created_at": "2026-07-01T09:00:00Z",
    }
    id = serializers.UUIDField()
    url = serializers.CharField()
    description = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField(), source="kinds")
    enabled = serializers.BooleanField(source="is_enabled")
    disabled_because = serializers.SerializerMethodField()
    failing_since = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_disabled_because(self, endpoint: Model) -> str | None:
        return None if endpoint.is_enabled else Because(endpoint.disabled_because).value


class EndpointWithSecret(Endpoint):
    example = {**Endpoint.example, "secret": "whsec_…"}
    secret = serializers.CharField(
        allow_null=True, help_text="Shown only this once. Null if the request came again: nobody is shown it twice."
    )


class NewEndpoint(Strict):
    example = {
        "url": "https://example.com/webhooks",
        "description": "Key inventory",
        "events": ["key.created", "key.revoked"],
    }
    url = StrictText(min_length=1, max_length=500, help_text=_URL_HELP)
    description = DescriptionField(default="")
    events = serializers.ListField(child=serializers.ChoiceField(_KINDS), min_length=1, max_length=50)


class EndpointChange(Strict):
    example = {"enabled": False}
    url = StrictText(min_length=1, max_length=500, required=False, help_text=_URL_HELP)
    description = DescriptionField(required=False)
    events = serializers.ListField(child=serializers.ChoiceField(_KINDS), min_length=1, max_length=50, required=False)
    enabled = StrictBoolean(required=False)


class Webhooks(Making):
    tag = "Webhooks"
    operations = {
        "GET": Operation(
            "webhooks.list",
            "List webhook endpoints",
            Permission.MANAGE_WEBHOOKS,
            answer=Endpoint,
            query=PageQuery,
            paged=True,
        ),
        "POST": Operation(
            "webhooks.create",
            "Add a webhook endpoint",
            Permission.MANAGE_WEBHOOKS,
            answer=EndpointWithSecret,
            status=201,
            body=NewEndpoint,
            description="The signing secret is in this answer alone.",
            conflicts="The address is not allowed, or there are too many endpoints",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.page(_endpoints(self))

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        data = self.body()
        _check(data["url"])

        def act() -> Model:
            try:
                endpoint, secret = create_endpoint(
                    self.caller.actor,
                    organization_id=self.caller.organization.pk,
                    url=data["url"],
                    kinds=sorted(set(data["events"])),
                    description=data["description"],
                )
            except TooMany:
                raise Conflict(_FULL) from None
            return with_secret(endpoint, secret)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return with_secret(endpoint_of(self, pk), None)


class OneWebhook(Resource):
    tag = "Webhooks"
    operations = {
        "GET": Operation("webhooks.get", "Get a webhook endpoint", Permission.MANAGE_WEBHOOKS, answer=Endpoint),
        "PATCH": Operation(
            "webhooks.change",
            "Change a webhook endpoint",
            Permission.MANAGE_WEBHOOKS,
            answer=Endpoint,
            body=EndpointChange,
            description="What is left out stays as it is.",
            conflicts="The address is not allowed",
        ),
        "DELETE": Operation("webhooks.delete", "Delete a webhook endpoint", Permission.MANAGE_WEBHOOKS, status=204),
    }

    def get(self, request: Request, endpoint_id: UUID) -> Response:
        return self.shown(endpoint_of(self, endpoint_id))

    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        endpoint, data = endpoint_of(self, endpoint_id), self.body()
        if data.get("url", endpoint.url) != endpoint.url:
            _check(data["url"])
        change_endpoint(
            self.caller.actor,
            endpoint,
            url=data.get("url", endpoint.url),
            kinds=sorted(set(data.get("events", endpoint.kinds))),
            description=data.get("description", endpoint.description),
            enabled=data.get("enabled", endpoint.is_enabled),
        )
        return self.shown(endpoint_of(self, endpoint_id))

    def delete(self, request: Request, endpoint_id: UUID) -> Response:
        delete_endpoint(self.caller.actor, endpoint_of(self, endpoint_id))
        return Response(status=204)


class SecretRotation(Making):
    tag = "Webhooks"
    operations = {
        "POST": Operation(
            "webhooks.rotateSecret",
            "Rotate a signing secret",
            Permission.MANAGE_WEBHOOKS,
            answer=EndpointWithSecret,
            description="For 24 hours events carry two signatures; then the former secret ends by itself.",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], Model]:
        endpoint = endpoint_of(self, kwargs["endpoint_id"])
        return lambda: with_secret(endpoint, rotate_secret(self.caller.actor, endpoint))

    def again(self, pk: UUID, **kwargs: Any) -> Model:
        return with_secret(endpoint_of(self, pk), None)


def endpoint_of(resource: Resource, pk: UUID) -> Model:
    return get_object_or_404(_endpoints(resource), pk=pk)


def _endpoints(resource: Resource) -> QuerySet[Model]:
    return Model.objects.of(resource.caller.organization.pk)


def _check(url: str) -> None:
    try:
        guard.check(url)
    except guard.Forbidden as forbidden:
        raise Conflict(str(forbidden)) from None
