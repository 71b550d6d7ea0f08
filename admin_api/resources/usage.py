"""Usage and its cost, as the usage page counts it: by hour, day or month, for each model, project or key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import IdField, Strict
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource
from admin_api.resources.projects import project_of
from usage.periods import DEFAULT, PRESETS, Period
from usage.queries import Group
from usage.report import CSV_HEADER, MEASURES, Report


class UsageRow(serializers.Serializer[Any]):
    start = serializers.DateTimeField(source="bucket_start_utc", help_text="When the hour, day or month began, in UTC.")
    group_id = serializers.CharField(help_text="The model's name, or the id of the project or key.")
    group_name = serializers.CharField()
    requests = serializers.IntegerField()
    errors = serializers.IntegerField()  # type: ignore[assignment]  # shadows DRF's own name
    prompt_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField()
    completion_tokens = serializers.IntegerField()
    amount_usd = serializers.CharField(help_text="With all digits.")


class Usage(serializers.Serializer[Any]):
    example = {
        "start": "2026-06-02T00:00:00Z",
        "end": "2026-07-02T00:00:00Z",
        "data": [
            {
                "start": "2026-07-01T00:00:00Z",
                "group_id": "llama-4-maverick",
                "group_name": "llama-4-maverick",
                "requests": 12,
                "errors": 0,
                "prompt_tokens": 3100,
                "cached_tokens": 0,
                "completion_tokens": 900,
                "amount_usd": "0.001215",
            }
        ],
    }
    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="Where the hour, day or month that is still running ends.")
    data = UsageRow(many=True, help_text="The oldest first; without what had no calls.")  # type: ignore[assignment]  # shadows DRF's own name


class UsageQuery(Strict):
    range = serializers.ChoiceField(list(PRESETS), default=DEFAULT)
    group = serializers.ChoiceField([group.value for group in Group], default=Group.MODEL.value)
    project_id = IdField(required=False)


@dataclass(frozen=True, slots=True)
class _Shown:
    start: datetime
    end: datetime
    data: list[dict[str, Any]]


def _as_shown(row: list[str | int]) -> dict[str, Any]:
    named: dict[str, Any] = dict(zip(CSV_HEADER, row, strict=True))
    return {**named, "bucket_start_utc": datetime.fromisoformat(named["bucket_start_utc"])}


class TheUsage(Resource):
    tag = "Usage"
    operations = {
        "GET": Operation(
            "usage.get",
            "Get usage and its cost",
            Permission.VIEW_USAGE,
            answer=Usage,
            query=UsageQuery,
            description="By hour for 24h, by month for 12m, else by day; of the projects that the key sees.",
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        period = Period.ending(PRESETS[self.query["range"]], timezone.now())
        report = Report(
            self.caller.organization.pk,
            period=period,
            measure=MEASURES["spend"],
            group=Group(self.query["group"]),
            projects=self._projects(),
        )
        with translation.override(settings.LANGUAGE_CODE):  # programs read it
            rows = [_as_shown(row) for row in report.csv_rows()]
        return self.shown(_Shown(period.start, period.end, rows))

    def _projects(self) -> Sequence[UUID] | None:
        """Return the ids of the projects to count; None for all of the organization's."""
        if pk := self.query.get("project_id"):
            return [project_of(self, pk, Permission.VIEW_USAGE).pk]
        return self.caller.limits(Permission.VIEW_USAGE)
