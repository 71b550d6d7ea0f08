"""Limits and budgets as programs give and see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from admin_api.frame.fields import Pattern, Strict, StrictInteger, StrictText
from admin_api.frame.problems import Conflict
from admin_api.resources.billing.access import PicoDollars, WholePicoDollars
from billing.actions.budgets import NO_PLAN, Plan, check_plan
from billing.errors import BillingError
from billing.models import Budget as BudgetModel
from billing.models import Period
from keys.actions.limiting import MOST_AT_ONCE, MOST_REQUESTS, MOST_TOKENS, NO_CEILING, Ceiling
from keys.models import Limits as LimitsModel

MODEL = r"^[A-Za-z0-9][A-Za-z0-9._:/@+ -]{0,118}[A-Za-z0-9]$"


@extend_schema_field({"type": "string", "pattern": MODEL})
class ModelField(StrictText):
    """The name of a model."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, validators=[Pattern(MODEL)], **kwargs)


class Limits(serializers.Serializer[Any]):
    requests_per_minute = serializers.IntegerField(allow_null=True)
    tokens_per_minute = serializers.IntegerField(allow_null=True)
    concurrent = serializers.IntegerField(allow_null=True, help_text="Requests at once.")


class GivenLimits(Strict):
    requests_per_minute = StrictInteger(min_value=1, max_value=MOST_REQUESTS, allow_null=True, default=None)
    tokens_per_minute = StrictInteger(min_value=1, max_value=MOST_TOKENS, allow_null=True, default=None)
    concurrent = StrictInteger(min_value=1, max_value=MOST_AT_ONCE, allow_null=True, default=None)


class Budget(serializers.Serializer[Any]):
    period = serializers.CharField(help_text="day or month, of the calendar, UTC.")
    hard = PicoDollars(allow_null=True, help_text="No call goes beyond it.")
    soft = PicoDollars(allow_null=True, help_text="Beyond it somebody is told.")
    spent = PicoDollars(help_text="In the present period, as the counter that refuses has it.")
    held = PicoDollars(help_text="Set aside for calls under way.")


class GivenBudget(Strict):
    period = serializers.ChoiceField(Period.values)
    hard = WholePicoDollars(allow_null=True, default=None)
    soft = WholePicoDollars(allow_null=True, default=None)


def given_ceiling(data: Mapping[str, Any] | None) -> Ceiling:
    return Ceiling(**data) if data else NO_CEILING


def given_plan(data: Mapping[str, Any] | None) -> Plan:
    """Return the budget of a body; a conflict for what is none."""
    plan = Plan(data["period"], data["hard"], data["soft"]) if data else NO_PLAN
    try:
        check_plan(plan)
    except BillingError as error:
        raise Conflict(error.message) from None
    if data and not plan:
        raise Conflict("A budget names a hard sum, a soft one or both; null removes it.")
    return plan


def shown_limits(row: LimitsModel | None) -> dict[str, int | None]:
    names = ("requests_per_minute", "tokens_per_minute", "concurrent")
    return {name: getattr(row, name) if row else None for name in names}


def shown_budget(budget: BudgetModel | None, now: datetime | None = None) -> dict[str, Any] | None:
    if budget is None:
        return None
    spent = budget.spent_in(budget.began_at(now or timezone.now()))
    return {
        "period": budget.period,
        "hard": budget.hard,
        "soft": budget.soft,
        "spent": spent,
        "held": budget.held,
    }
