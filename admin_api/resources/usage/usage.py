"""Usage and its cost by minute, hour, day or month, for each model, project, key, member or status."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.resources.usage.asking import CONFLICTS, SPAN, OfUsage, RowQuery
from catalog.money import exact_dollars
from usage.names import names
from usage.queries import Question
from usage.rows import Row, rows

HEADER = (
    "start", "group_id", "group_name", "requests", "errors", "prompt_tokens", "cached_tokens", "completion_tokens",
    "latency_p50_ms", "latency_p95_ms", "first_token_p50_ms", "first_token_p95_ms", "amount_usd",
)  # fmt: skip
_NAMED_AT_ONCE = 500
_PERCENTILE = "Milliseconds, within 2 % of the true one; null where no call has a time."


class UsageRow(serializers.Serializer[Any]):
    example = {
        "start": "2026-07-01T00:00:00Z",
        "group_id": "llama-4-maverick",
        "group_name": "Llama 4 Maverick",
        "requests": 12,
        "errors": 0,
        "prompt_tokens": 3100,
        "cached_tokens": 0,
        "completion_tokens": 900,
        "latency_p50_ms": 610,
        "latency_p95_ms": 1240,
        "first_token_p50_ms": 88,
        "first_token_p95_ms": 141,
        "amount_usd": "0.001215",
    }
    start = serializers.DateTimeField(help_text="When the step began, in UTC.")
    group_id = serializers.CharField(
        allow_blank=True,
        help_text="The model's name, the id of the project, key or member, or a status as `4xx`; empty for a member"
        " who is gone.",
    )
    group_name = serializers.CharField(
        allow_blank=True, help_text="What it is called now; empty for what is gone, for members and for statuses."
    )
    requests = serializers.IntegerField()
    errors = serializers.IntegerField()  # type: ignore[assignment]  # shadows DRF's own name
    prompt_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField(help_text="Of the prompt's.")
    completion_tokens = serializers.IntegerField()
    latency_p50_ms = serializers.IntegerField(allow_null=True, help_text=_PERCENTILE)
    latency_p95_ms = serializers.IntegerField(allow_null=True, help_text=_PERCENTILE)
    first_token_p50_ms = serializers.IntegerField(allow_null=True, help_text=_PERCENTILE)
    first_token_p95_ms = serializers.IntegerField(allow_null=True, help_text=_PERCENTILE)
    amount_usd = serializers.CharField(help_text="With all digits.")


class Spanning(serializers.Serializer[Any]):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="Where the last step ends, which may still be running.")
    step = serializers.CharField()
    next_cursor = serializers.CharField(
        allow_null=True, help_text="Send it as `cursor` to get the next page; null on the last one."
    )


class Usage(Spanning):
    example = {
        "start": "2026-06-02T00:00:00Z",
        "end": "2026-07-02T00:00:00Z",
        "step": "day",
        "data": [UsageRow.example],
        "next_cursor": None,
    }
    data = UsageRow(many=True, help_text="The oldest first; without what had no calls.")  # type: ignore[assignment]  # shadows DRF's own name


class TheUsage(OfUsage):
    operations = {
        "GET": Operation(
            "usage.get",
            "Get usage and its cost",
            Permission.VIEW_USAGE,
            answer=Usage,
            query=RowQuery,
            description=f"{SPAN} Of the projects that the key sees.",
            conflicts=CONFLICTS,
            may_be_missing=True,
        )
    }

    def get(self, request: Request) -> Response:
        question = self.question()
        found, following = page_of(rows(question, self.after), self.query["limit"])
        return self.shown(spanning(question, list(usage_lines(question, found)), following))


def page_of(found: Iterator[Any], limit: int) -> tuple[list[Any], str | None]:
    """Return the first rows, and the cursor of what follows; None if nothing does."""
    page = list(islice(found, limit))
    return page, str(page[-1].place) if next(found, None) else None


def spanning(question: Question, data: list[dict[str, Any]], following: str | None) -> dict[str, Any]:
    period = question.period
    return {
        "start": period.start,
        "end": period.end,
        "step": period.step.id,
        "data": data,
        "next_cursor": following,
    }


def named(question: Question, found: Iterable[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield rows with what says where they belong; names are looked up for many at once."""
    left = iter(found)
    while some := list(islice(left, _NAMED_AT_ONCE)):
        called = names(question.organization_id, question.group, {row.group for row in some})
        for row in some:
            yield row, {"start": row.start, "group_id": row.group, "group_name": called.get(row.group, "")}


def usage_lines(question: Question, found: Iterable[Row]) -> Iterator[dict[str, Any]]:
    for row, place in named(question, found):
        sums = row.sums
        yield {
            **place,
            "requests": sums.requests,
            "errors": sums.errors,
            "prompt_tokens": sums.prompt_tokens,
            "cached_tokens": sums.cached_tokens,
            "completion_tokens": sums.completion_tokens,
            "latency_p50_ms": row.latency(50),
            "latency_p95_ms": row.latency(95),
            "first_token_p50_ms": row.first_token(50),
            "first_token_p95_ms": row.first_token(95),
            "amount_usd": exact_dollars(sums.amount),
        }
