"""Limits and budgets of the organization and its projects."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.fields import Strict
from admin_api.frame.operation import Operation
from admin_api.frame.problems import Conflict
from admin_api.frame.resource import Resource
from admin_api.resources.keys.allowances import (
    Budget,
    GivenBudget,
    GivenLimits,
    Limits,
    ModelField,
    given_ceiling,
    given_plan,
    shown_budget,
    shown_limits,
)
from admin_api.resources.projects import project_of
from billing.actions.budgets import set_budget
from billing.models import Budget as BudgetModel
from catalog.served import served_models
from keys.actions import set_limits
from keys.models import Limits as Model
from keys.subjects import Subject, of_organization, of_project

_CONFLICTS = "No model is called so, or a sum is none that can be"


class ModelLimits(Limits):
    model = serializers.CharField()


class LimitsAndBudget(serializers.Serializer[Any]):
    example = {
        "limits": {"requests_per_minute": 5000, "tokens_per_minute": 4000000, "concurrent": 200},
        "models": [
            {
                "model": "Llama-3.3-70B-Instruct",
                "requests_per_minute": 600,
                "tokens_per_minute": None,
                "concurrent": None,
            }
        ],
        "budget": {
            "period": "month",
            "hard": "5000000000000000",
            "soft": None,
            "spent": "3505670000000000",
            "held": "0",
        },
    }
    limits = Limits(help_text="Of all models together.")
    models = ModelLimits(many=True, help_text="Of single models, besides.")
    budget = Budget(allow_null=True)


class LimitsChange(Strict):
    example = {"limits": {"requests_per_minute": 5000}, "budget": {"period": "month", "hard": "5000000000000000"}}
    model = ModelField(required=False, allow_null=True, help_text="Of which model the limits are; null: of all.")
    limits = GivenLimits(required=False, help_text="As a whole: what is left out limits nothing.")
    budget = GivenBudget(required=False, allow_null=True, help_text="As a whole, of all models; null removes it.")


def _operations(whose: str, name: str, **more: Any) -> dict[str, Operation]:
    return {
        "GET": Operation(
            f"limits.of{name}",
            f"Get the limits and budget of {whose}",
            Permission.VIEW_USAGE,
            answer=LimitsAndBudget,
            **more,
        ),
        "PATCH": Operation(
            f"limits.set{name}",
            f"Set limits and the budget of {whose}",
            Permission.MANAGE_LIMITS,
            answer=LimitsAndBudget,
            body=LimitsChange,
            description="What is left out stays as it is. They hold within a second.",
            conflicts=_CONFLICTS,
        ),
    }


class OrganizationLimits(Resource):
    tag = "Limits"
    operations = _operations(
        "the organization",
        "Organization",
        description="404 for a key that does not see the usage of every project.",
        may_be_missing=True,
    )

    def get(self, request: Request) -> Response:
        if self.caller.limits(Permission.VIEW_USAGE) is not None:
            raise Http404  # its counter tells of projects that are not theirs to see
        return self.shown(_shown(of_organization(self.caller.organization)))

    def patch(self, request: Request) -> Response:
        return _changed(self, of_organization(self.caller.organization))


class ProjectLimits(Resource):
    tag = "Limits"
    operations = _operations("a project", "Project")

    def get(self, request: Request, project_id: UUID) -> Response:
        return self.shown(_shown(of_project(project_of(self, project_id, Permission.VIEW_USAGE))))

    def patch(self, request: Request, project_id: UUID) -> Response:
        return _changed(self, of_project(project_of(self, project_id, Permission.MANAGE_LIMITS)))


def _changed(resource: Resource, subject: Subject) -> Response:
    data = resource.body()
    model = data.get("model") or ""
    if model and model not in {each.name for each in served_models()}:
        raise Conflict(f"No model is called {model}.")
    plan = given_plan(data["budget"]) if "budget" in data else None
    with transaction.atomic():
        if "limits" in data:
            set_limits(resource.caller.actor, subject, given_ceiling(data["limits"]), model=model)
        if plan is not None:
            set_budget(resource.caller.actor, subject, plan)
    return resource.shown(_shown(subject))


def _shown(subject: Subject) -> dict[str, Any]:
    rows = {row.model: row for row in Model.objects.filter(subject_id=subject.id)}
    return {
        "limits": shown_limits(rows.get("")),
        "models": [{"model": name, **shown_limits(row)} for name, row in sorted(rows.items()) if name],
        "budget": shown_budget(BudgetModel.objects.filter(pk=subject.id).first()),
    }
