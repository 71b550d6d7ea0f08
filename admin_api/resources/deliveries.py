"""Deliveries: what became of each try to hand an event over. Sending by hand comes here, too."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Making, Resource
from admin_api.resources.webhooks import endpoint_of
from notifications.models import Delivery as Model
from notifications.models import OutboxMessage
from notifications.webhooks.publish import redeliver, send_test

_DISABLED = "This endpoint is disabled. Enable it first."
_WAITING = "This event is waiting for its next try already."


class Delivery(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000007",
        "message_id": "0197a1b2-0000-7000-8000-000000000008",
        "event": "key.created",
        "at": "2026-07-01T09:00:02Z",
        "succeeded": True,
        "status": 204,
        "error": "",
        "duration_ms": 41,
    }
    id = serializers.UUIDField()
    message_id = serializers.UUIDField(help_text="The webhook-id that the receiver saw.")
    event = serializers.CharField(source="kind")
    at = serializers.DateTimeField()
    succeeded = serializers.BooleanField(source="is_success")
    status = serializers.IntegerField(allow_null=True, help_text="The HTTP status, if there was an answer.")
    error = serializers.CharField(help_text="The code of what went wrong otherwise.")
    duration_ms = serializers.IntegerField(source="duration")


class Sending(serializers.Serializer[Any]):
    example = {"message_id": "0197a1b2-0000-7000-8000-000000000008"}
    message_id = serializers.UUIDField(source="pk", help_text="The webhook-id that the receiver will see.")


class Deliveries(Resource):
    tag = "Webhooks"
    operations = {
        "GET": Operation(
            "webhooks.listDeliveries",
            "List deliveries",
            Permission.MANAGE_WEBHOOKS,
            answer=Delivery,
            query=PageQuery,
            paged=True,
            description="Deliveries are kept for 30 days.",
        )
    }

    def get(self, request: Request, endpoint_id: UUID) -> Response:
        return self.page(endpoint_of(self, endpoint_id).deliveries.all())


class TestEvent(Making):
    tag = "Webhooks"
    operations = {
        "POST": Operation(
            "webhooks.sendTest",
            "Send a test event",
            Permission.MANAGE_WEBHOOKS,
            answer=Sending,
            status=202,
            conflicts="The endpoint is disabled",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], OutboxMessage]:
        endpoint = endpoint_of(self, kwargs["endpoint_id"])

        def act() -> OutboxMessage:
            message = send_test(endpoint)
            if message is None:
                raise Conflict(_DISABLED)
            return message

        return act

    def again(self, pk: UUID, **kwargs: Any) -> OutboxMessage:
        return OutboxMessage(pk=pk)


class Redelivery(Making):
    tag = "Webhooks"
    operations = {
        "POST": Operation(
            "webhooks.redeliver",
            "Send an event again",
            Permission.MANAGE_WEBHOOKS,
            answer=Sending,
            status=202,
            description="It goes out under the webhook-id that it had.",
            conflicts="The endpoint is disabled, or the event is waiting for its next try",
        )
    }

    def prepare(self, **kwargs: Any) -> Callable[[], OutboxMessage]:
        endpoint = endpoint_of(self, kwargs["endpoint_id"])
        delivery: Model = get_object_or_404(endpoint.deliveries, pk=kwargs["delivery_id"])

        def act() -> OutboxMessage:
            if not endpoint.is_enabled:
                raise Conflict(_DISABLED)
            if not redeliver(endpoint, delivery.message_id):
                raise Conflict(_WAITING)
            return OutboxMessage(pk=delivery.message_id)

        return act

    def again(self, pk: UUID, **kwargs: Any) -> OutboxMessage:
        return OutboxMessage(pk=pk)
