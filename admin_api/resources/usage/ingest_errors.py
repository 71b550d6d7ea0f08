"""Reported events that do not count, by hour and reason."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.frame.pages import PageQuery
from admin_api.frame.resource import Resource
from usage.ingest_errors import KEPT
from usage.ingest_reasons import REASONS
from usage.models import IngestError


class IngestErrors(serializers.Serializer[Any]):
    example = {
        "id": "0197a1b2-0000-7000-8000-00000000001b",
        "hour": "2026-07-01T09:00:00Z",
        "code": "invalid",
        "detail": "Expected `int` >= 0 - at `$.data.prompt_tokens`",
        "count": 12,
        "last_at": "2026-07-01T09:41:07Z",
        "last_event_id": "chatcmpl-123",
    }
    id = serializers.UUIDField()
    hour = serializers.DateTimeField()
    code = serializers.CharField(help_text="As the gateway was answered.")
    detail = serializers.CharField(help_text="The reason, without anything that was sent.")
    count = serializers.IntegerField(min_value=1, help_text="Each time that such an event was reported in that hour.")
    last_at = serializers.DateTimeField()
    last_event_id = serializers.CharField(allow_blank=True, help_text="What the last of them calls itself, cut.")


class IngestErrorQuery(PageQuery):
    code = serializers.ChoiceField(sorted(REASONS), required=False)


class TheIngestErrors(Resource):
    tag = "Usage"
    operations = {
        "GET": Operation(
            "ingestErrors.list",
            "List reported events that do not count",
            Permission.VIEW_USAGE,
            answer=IngestErrors,
            query=IngestErrorQuery,
            paged=True,
            description=f"Of the last {KEPT.days} days, the newest first; one row an hour and"
            " reason. Not for keys that are limited to projects: these events belong to none.",
        )
    }

    def get(self, request: Request) -> Response:
        if self.caller.limits(Permission.VIEW_USAGE) is not None:
            raise PermissionDenied("These events belong to no project, and the key sees some projects alone.")
        found = IngestError.objects.filter(organization_id=self.caller.organization.pk, hour__gte=timezone.now() - KEPT)
        return self.page(found.filter(code=self.query["code"]) if "code" in self.query else found)
