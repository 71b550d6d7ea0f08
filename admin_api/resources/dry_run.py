"""A dry run: what another limit would have done to the calls of the last week."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import IdField, Strict
from admin_api.frame.operation import Operation
from admin_api.frame.resource import Resource
from admin_api.resources.projects import project_of
from catalog.money import LARGEST
from keys.models import ApiKey
from usage.dry_run import MOST, Subject, Tried, dry_run


class DryRun(serializers.Serializer[Any]):
    example = {
        "start": "2026-06-24T09:00:00Z",
        "end": "2026-07-01T09:00:00Z",
        "calls": 41200,
        "refused": 312,
        "worst_hour": "2026-06-28T02:00:00Z",
        "worst": 290,
        "is_cut": False,
    }
    start = serializers.DateTimeField(help_text="Since when calls were simulated.")
    end = serializers.DateTimeField()
    calls = serializers.IntegerField(min_value=0)
    refused = serializers.IntegerField(min_value=0, help_text="How many of them the limit would have refused.")
    worst_hour = serializers.DateTimeField(allow_null=True, help_text="In which most would have been refused.")
    worst = serializers.IntegerField(min_value=0, help_text="How many in that hour.")
    is_cut = serializers.BooleanField(help_text=f"There were more than {MOST:,} calls; the newest count.")


class DryRunQuery(Strict):
    tried = serializers.ChoiceField([tried.value for tried in Tried], default=Tried.REQUESTS.value)
    limit = serializers.IntegerField(
        min_value=1, max_value=LARGEST, default=60, help_text="How high; of a budget in 10⁻¹² US dollars."
    )
    project_id = IdField(required=False, help_text="Without a project and a key: of the whole organization.")
    key_id = IdField(required=False)
    model = serializers.CharField(required=False, max_length=120, help_text="Of this model alone.")


class TheDryRun(Resource):
    tag = "Limits"
    operations = {
        "GET": Operation(
            "dry-run.get",
            "Try a limit on last week’s calls",
            Permission.VIEW_USAGE,
            answer=DryRun,
            query=DryRunQuery,
            description="Rates are simulated as they are enforced. A call counts with what it took in the end. "
            "Changes nothing.",
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        result = dry_run(self._subject(), Tried(self.query["tried"]), self.query["limit"], timezone.now())
        return self.shown(result)

    def _subject(self) -> Subject:
        organization, model = self.caller.organization.pk, self.query.get("model", "")
        if key := self.query.get("key_id"):
            projects = self.caller.projects(Permission.VIEW_USAGE)
            found = get_object_or_404(ApiKey.objects.filter(project__in=projects), pk=key)
            if self.query.get("project_id", found.project_id) != found.project_id:
                raise Http404
            return Subject(organization, found.project_id, found.pk, model)
        if project := self.query.get("project_id"):
            return Subject(organization, project_of(self, project, Permission.VIEW_USAGE).pk, model=model)
        if self.caller.limits(Permission.VIEW_USAGE) is not None:
            raise Http404  # not all of the organization is theirs to see
        return Subject(organization, model=model)
