"""The price book: what the tokens of each model cost, now, later and before. The same for every organization."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Resource
from catalog.models import Model
from catalog.models import Price as Version
from catalog.money import usd_per_million


class Rate(serializers.Serializer[int]):
    pico_usd_per_token = serializers.IntegerField(min_value=0, help_text="10⁻¹² US dollars; exact.")
    usd_per_million_tokens = serializers.CharField(help_text="The same for reading, with all digits.")

    def to_representation(self, instance: int) -> dict[str, Any]:
        return {"pico_usd_per_token": instance, "usd_per_million_tokens": usd_per_million(instance)}


class Price(serializers.Serializer[Any]):
    example = {
        "model": "Llama-4-Scout-17B-16E-Instruct-FP8",
        "version": 2,
        "effective_from": "2027-01-01T00:00:00Z",
        "effective_until": None,
        "input": {"pico_usd_per_token": 180000, "usd_per_million_tokens": "0.18"},
        "cached_input": {"pico_usd_per_token": 45000, "usd_per_million_tokens": "0.045"},
        "output": {"pico_usd_per_token": 590000, "usd_per_million_tokens": "0.59"},
        "batch_input": None,
        "batch_cached_input": None,
        "batch_output": None,
    }
    model = serializers.CharField(source="model_id")
    version = serializers.IntegerField(help_text="Counts up from 1 for each model. A version never changes.")
    effective_from = serializers.DateTimeField()
    effective_until = serializers.DateTimeField(
        allow_null=True, help_text="When the next version begins; null where none is set."
    )
    input = Rate(source="input_rate", help_text="Input that was not read from the cache.")
    cached_input = Rate(source="cached_input_rate")
    output = Rate(source="output_rate")
    batch_input = Rate(source="batch_input_rate", allow_null=True, help_text="Null where there is no batch price.")
    batch_cached_input = Rate(source="batch_cached_input_rate", allow_null=True)
    batch_output = Rate(source="batch_output_rate", allow_null=True)


class Prices(Resource):
    tag = "Prices"
    operations = {
        "GET": Operation(
            "prices.list",
            "List prices",
            Permission.VIEW_USAGE,
            answer=Price,
            query=PageQuery,
            paged=True,
            description="Of the models that are served: what is in effect, and what comes, the last set first. A model "
            "that is not listed has no price, and its calls cost nothing.",
        )
    }

    def get(self, request: Request) -> Response:
        return self.page(Version.objects.from_moment(timezone.now()).filter(model__is_served=True), by="id")


class PriceHistory(Resource):
    tag = "Prices"
    operations = {
        "GET": Operation(
            "prices.history",
            "List all prices of a model",
            Permission.VIEW_USAGE,
            answer=Price,
            query=PageQuery,
            paged=True,
            description="The newest version first. A call costs what was in effect when it began.",
        )
    }

    def get(self, request: Request, model: str) -> Response:
        return self.page(get_object_or_404(Model, name=model).prices.with_end(), by="id")
