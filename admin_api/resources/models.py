"""The models that can be called here, with the limits of the organization for each; and which classes it blocks."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import Strict
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource
from catalog.blocking import set_blocked
from catalog.data_policy import DataPolicy
from catalog.known import KNOWN
from catalog.models import Model as Row
from keys.models import Limits

_CLASSES = (
    "`local` stays with this installation, `outside` goes to another company that only answers, `contributes` to one "
    "that may use it for more."
)


class LimitsOfModel(serializers.Serializer[Any]):
    requests_per_minute = serializers.IntegerField(min_value=0, allow_null=True)
    tokens_per_minute = serializers.IntegerField(min_value=0, allow_null=True)
    concurrent = serializers.IntegerField(min_value=0, allow_null=True, help_text="Requests at once.")


class Model(serializers.Serializer[Any]):
    example = {
        "name": "Llama-4-Scout-17B-16E-Instruct-FP8",
        "title": "Llama 4 Scout",
        "owned_by": "Meta",
        "context": 128000,
        "data_policy": "local",
        "reachable": True,
        "limits": {"requests_per_minute": 600, "tokens_per_minute": None, "concurrent": None},
    }
    name = serializers.CharField(source="row.name")
    title = serializers.CharField(source="row.title")
    owned_by = serializers.CharField(source="row.owned_by")
    context = serializers.IntegerField(  # type: ignore[assignment]  # shadows DRF's own name
        allow_null=True, help_text="Tokens; null where it is not known."
    )
    data_policy = serializers.ChoiceField(DataPolicy.values, source="row.policy", help_text=_CLASSES)
    reachable = serializers.BooleanField(help_text="False where the organization blocks its class.")
    limits = LimitsOfModel(allow_null=True, help_text="Of the organization for this model alone; null if it has none.")


class ModelList(serializers.Serializer[Any]):
    example = {"data": [Model.example]}
    data = Model(many=True)  # type: ignore[assignment]  # shadows DRF's own name


class Models(Resource):
    tag = "Models"
    operations = {
        "GET": Operation(
            "models.list",
            "List models",
            Permission.VIEW_USAGE,
            answer=ModelList,
            description="Those that are served, the reachable ones and the others.",
        )
    }

    def get(self, request: Request) -> Response:
        organization = self.caller.organization
        rows = list(Row.objects.filter(is_served=True))
        limits = {each.model: each for each in Limits.objects.filter(subject_id=organization.pk)}
        shown = [
            {
                "row": row,
                "context": KNOWN[row.name].context if row.name in KNOWN else None,
                "reachable": row.policy not in organization.blocked_policies,
                "limits": limits.get(row.name),
            }
            for row in rows
        ]
        return self.shown({"data": shown})


class DataPolicies(serializers.Serializer[Any]):
    example = {"blocked": ["contributes"]}
    blocked = serializers.ListField(child=serializers.ChoiceField(DataPolicy.values), help_text=_CLASSES)


class DataPolicyChange(Strict):
    example = {"blocked": ["outside", "contributes"]}
    blocked = serializers.ListField(
        child=serializers.ChoiceField(DataPolicy.values),
        max_length=len(DataPolicy),
        help_text="All classes that are blocked from now on. Their models look as if they were not there.",
    )


class TheDataPolicy(Resource):
    tag = "Models"
    operations = {
        "GET": Operation(
            "data-policy.get", "See which classes of models are blocked", Permission.VIEW_USAGE, answer=DataPolicies
        ),
        "PATCH": Operation(
            "data-policy.change",
            "Block classes of models",
            Permission.MANAGE_SECURITY,
            answer=DataPolicies,
            body=DataPolicyChange,
            description="It holds within a second, for calls that begin then.",
        ),
    }

    def get(self, request: Request) -> Response:
        return self.shown({"blocked": self.caller.organization.blocked_policies})

    def patch(self, request: Request) -> Response:
        policies = [DataPolicy(value) for value in self.body()["blocked"]]
        set_blocked(self.caller.actor, organization=self.caller.organization, policies=policies)
        return self.get(request)
