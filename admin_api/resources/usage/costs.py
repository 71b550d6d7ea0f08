"""Costs: what each class of tokens cost by step and group, and this month with what it will likely come to."""

from collections.abc import Iterable, Iterator
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.resources.usage.asking import CONFLICTS, SPAN, OfUsage, RowQuery
from admin_api.resources.usage.usage import Spanning, named, page_of, spanning
from catalog.money import exact_dollars, usd_per_million
from usage.costs import CLASSES, Charge, Cost, costs
from usage.queries import Question

HEADER = (
    "start", "group_id", "group_name", "requests", "amount_usd",
    *(f"{name}_{part}" for name in CLASSES for part in ("tokens", "amount_usd", "usd_per_million")),
)  # fmt: skip
_OPEN = "Null where the calls are gone, so that it cannot be said."


class OneClass(serializers.Serializer[Any]):
    tokens = serializers.IntegerField(help_text="That had a price.")
    amount_usd = serializers.CharField(help_text="With all digits.")
    usd_per_million = serializers.CharField(
        allow_null=True, help_text="Their price; null where there were several, or no tokens."
    )


class Classes(serializers.Serializer[Any]):
    input = OneClass(help_text="Without the cached ones.")
    cached_input = OneClass()
    output = OneClass()


class Charged(serializers.Serializer[Any]):
    start = serializers.DateTimeField(help_text="When the step began, in UTC.")
    group_id = serializers.CharField(allow_blank=True, help_text="As in usage.")
    group_name = serializers.CharField(allow_blank=True)
    requests = serializers.IntegerField()
    amount_usd = serializers.CharField(help_text="With all digits; what the classes come to.")


class CostRow(Charged):
    example = {
        "start": "2026-07-01T00:00:00Z",
        "group_id": "llama-4-maverick",
        "group_name": "Llama 4 Maverick",
        "requests": 12,
        "amount_usd": "0.001215",
        "classes": {
            "input": {"tokens": 3000, "amount_usd": "0.00054", "usd_per_million": "0.18"},
            "cached_input": {"tokens": 0, "amount_usd": "0.00", "usd_per_million": None},
            "output": {"tokens": 900, "amount_usd": "0.000675", "usd_per_million": "0.75"},
        },
    }
    classes = Classes(allow_null=True, help_text=_OPEN)


class Costs(Spanning):
    example = {
        "start": "2026-06-02T00:00:00Z",
        "end": "2026-07-02T00:00:00Z",
        "step": "day",
        "data": [CostRow.example],
        "next_cursor": None,
    }
    data = CostRow(many=True, help_text="The oldest first; without what had no calls.")  # type: ignore[assignment]  # shadows DRF's own name


class TheCosts(OfUsage):
    operations = {
        "GET": Operation(
            "costs.get",
            "Get costs by class of tokens",
            Permission.VIEW_USAGE,
            answer=Costs,
            query=RowQuery,
            description=f"{SPAN} Of the projects that the key sees. By the price of each call's moment.",
            conflicts=CONFLICTS,
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        question = self.question()
        found, following = page_of(costs(question, self.after), self.query["limit"])
        return self.shown(spanning(question, list(_shown(question, found)), following))


def _shown(question: Question, found: Iterable[Cost]) -> Iterator[dict[str, Any]]:
    for cost, place in named(question, found):
        classes = {name: _class(charge) for name, charge in cost.charges.items()} if cost.is_exact else None
        yield place | {
            "requests": cost.requests, "amount_usd": exact_dollars(cost.amount), "classes": classes,
        }  # fmt: skip


def cost_lines(question: Question, found: Iterable[Cost]) -> Iterator[dict[str, Any]]:
    """Yield rows with their classes side by side, as files have them."""
    for row in _shown(question, found):
        classes = row.pop("classes") or {}
        for name in CLASSES:
            for part in ("tokens", "amount_usd", "usd_per_million"):
                row[f"{name}_{part}"] = classes.get(name, {}).get(part)
        yield row


def _class(charge: Charge) -> dict[str, Any]:
    return {
        "tokens": charge.tokens,
        "amount_usd": exact_dollars(charge.amount),
        "usd_per_million": None if charge.rate is None else usd_per_million(charge.rate),
    }
