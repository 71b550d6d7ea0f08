"""Refusals: which rules refused calls, minute by minute, with what their counters said."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import IdField
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Resource
from admin_api.resources.projects import project_of
from keys.models import Refusal as Row
from keys.refusal_rules import PRIVATE, RULES
from keys.refusals import KEPT


class Refusal(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-000000000009",
        "rule": "key.requests_per_minute",
        "model": "Llama-4-Scout-17B-16E-Instruct-FP8",
        "project_id": "0197a1b2-0000-7000-8000-000000000002",
        "key_id": "0197a1b2-0000-7000-8000-000000000003",
        "minute": "2026-07-01T09:00:00Z",
        "count": 12,
        "last_at": "2026-07-01T09:00:41Z",
        "last_request_id": "0197a1b2-0000-7000-8000-00000000000a",
        "limit": "600",
        "counter": "600",
        "resets_at": "2026-07-01T09:00:59Z",
    }
    id = serializers.UUIDField()
    rule = serializers.CharField(help_text="As the answer named it.")
    model = serializers.CharField(help_text="Empty where the call was refused before its model counted.")
    project_id = serializers.UUIDField()
    key_id = serializers.UUIDField()
    minute = serializers.DateTimeField()
    count = serializers.IntegerField(min_value=1, help_text="Calls of that key that the rule refused in that minute.")
    last_at = serializers.DateTimeField()
    last_request_id = serializers.UUIDField(help_text="Of the last of them, like all that follows.")
    limit = serializers.CharField(
        allow_null=True,
        help_text="A whole number, of money in 10⁻¹² US dollars; null where there is none, or the key sees no billing.",
    )
    counter = serializers.CharField(allow_null=True, help_text="Likewise.")
    resets_at = serializers.DateTimeField(allow_null=True, help_text="Null: not by itself.")


class RefusalQuery(PageQuery):
    rule = serializers.ChoiceField(sorted(RULES), required=False)
    project_id = IdField(required=False)
    key_id = IdField(required=False)


class Refusals(Resource):
    tag = "Limits"
    operations = {
        "GET": Operation(
            "refusals.list",
            "List refusals",
            Permission.VIEW_USAGE,
            answer=Refusal,
            query=RefusalQuery,
            paged=True,
            description=f"Of the last {KEPT.days} days and of the projects that the key sees. "
            "One row a key, rule, model and minute.",
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        found = Row.objects.filter(
            organization_id=self.caller.organization.pk, minute__gte=timezone.now() - KEPT - timedelta(minutes=1)
        )
        if (limits := self.caller.limits(Permission.VIEW_USAGE)) is not None:
            found = found.filter(project_id__in=limits)
        if project := self.query.get("project_id"):
            found = found.filter(project_id=project_of(self, project, Permission.VIEW_USAGE).pk)
        named = {name: self.query[name] for name in ("rule", "key_id") if name in self.query}
        return self.page(found.filter(**named), show=self._shown)

    def _shown(self, rows: list[Row]) -> list[Row]:
        if not self.caller.may(Permission.VIEW_BILLING):
            for row in rows:
                if row.rule in PRIVATE:
                    row.limit = row.counter = None
        return rows
