"""How far a leaked key reached."""

from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource
from admin_api.resources.billing.access import PicoDollars
from admin_api.resources.keys.keys import TAG, key_of
from keys.uses import reach_of


class Share(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="A network or a model.")
    requests = serializers.IntegerField()
    errors = serializers.IntegerField()  # type: ignore[assignment]  # shadows DRF's own name
    tokens = serializers.IntegerField()
    amount = PicoDollars()
    last_at = serializers.DateTimeField(source="last")
    is_new = serializers.BooleanField(help_text="A network that was not seen in the thirty days before.")


class Leak(serializers.Serializer[Any]):
    example = {
        "leaked_at": "2026-07-02T10:00:00Z",
        "host": "github.com",
        "networks": [
            {
                "name": "198.51.100.0/24",
                "requests": 12,
                "errors": 0,
                "tokens": 4096,
                "amount": "1250000000",
                "last_at": "2026-07-02T10:04:00Z",
                "is_new": True,
            }
        ],
        "models": [],
        "networks_before": [],
        "models_before": [],
    }
    leaked_at = serializers.DateTimeField()
    host = serializers.CharField(help_text="Where it was found; empty if nobody said.")
    networks = Share(many=True, help_text="Since the hour in which it was found.")
    models = Share(many=True)
    networks_before = Share(many=True, help_text="In the thirty days before.")
    models_before = Share(many=True)


class ApiKeyLeak(Resource):
    tag = TAG
    operations = {
        "GET": Operation(
            "keys.leak",
            "Get how far a leaked API key reached",
            Permission.VIEW_KEYS,
            answer=Leak,
            description="404 for a key that was not reported as leaked.",
        )
    }

    def get(self, request: Request, key_id: UUID) -> Response:
        key = key_of(self, key_id)
        if key.leaked_at is None:
            raise Http404
        reach = reach_of(key.pk, key.leaked_at)
        return self.shown(
            {
                "leaked_at": key.leaked_at,
                "host": key.leaked_on,
                "networks": reach.networks,
                "models": reach.models,
                "networks_before": reach.before_networks,
                "models_before": reach.before_models,
            }
        )
