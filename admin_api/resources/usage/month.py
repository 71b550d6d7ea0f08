"""This month: what it cost so far, and what it will likely come to."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.resources.usage.asking import Narrowing, OfUsage
from billing.invoices.drafts import month_start
from billing.spend import Spend
from catalog.money import exact_dollars
from usage.periods import BY_DAY, Period
from usage.queries import Question


class Foreseen(serializers.Serializer[Any]):
    amount_usd = serializers.CharField(help_text="What the whole month will likely cost.")
    spread_usd = serializers.CharField(help_text="A standard deviation: how far off that may well be.")
    days = serializers.IntegerField(help_text="Of so many whole days it is made.")


class Month(serializers.Serializer[Any]):
    example = {
        "month": "2026-07-01T00:00:00Z",
        "to_date_usd": "146.19",
        "forecast": {"amount_usd": "180.00", "spread_usd": "8.20", "days": 14},
    }
    month = serializers.DateTimeField(help_text="When it began, in UTC.")
    to_date_usd = serializers.CharField(help_text="With all digits.")
    forecast = Foreseen(allow_null=True, help_text="Null until there were two whole days of usage.")


class TheMonth(OfUsage):
    operations = {
        "GET": Operation(
            "costs.month",
            "Get the cost of this month and its forecast",
            Permission.VIEW_USAGE,
            answer=Month,
            query=Narrowing,
            description="Of the projects that the key sees. What was billed is `billing/`: calls count here that were"
            " made before the organization was billed.",
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        return self.shown(_shown(self.spend(timezone.now())))

    def spend(self, now: datetime) -> Spend:
        period = Period.between(month_start(now, back=1), now, BY_DAY)
        asked = Question(self.caller.organization.pk, period, where=self.where())
        found = asked.rows().values_list("start").annotate(all=Sum("amount")).order_by()
        return Spend(now, {start.astimezone(UTC).date(): int(amount) for start, amount in found}, before=0)


def _shown(spend: Spend) -> dict[str, Any]:
    found = spend.forecast
    forecast = (
        found
        and spend.pace
        and {
            "amount_usd": exact_dollars(found.amount),
            "spread_usd": exact_dollars(found.spread),
            "days": spend.pace.days,
        }
    )
    return {"month": spend.month, "to_date_usd": exact_dollars(spend.month_to_date), "forecast": forecast}
