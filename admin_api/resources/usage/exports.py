"""Usage, costs and single calls as files, CSV or a line of JSON each, sent while they are read."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounts.policy import Permission
from admin_api.frame.operation import Operation
from admin_api.resources.requests import Call, NdjsonRenderer
from admin_api.resources.usage import costs, usage
from admin_api.resources.usage.asking import CONFLICTS, SPAN, OfUsage, RowFilter, SpanFilter
from catalog.money import exact_dollars
from usage import events
from usage.costs import costs as cost_rows
from usage.lines import Form, Table, written
from usage.rows import rows as usage_rows


class UsageLine(usage.UsageRow):
    """A line; in CSV the first one has the names of the fields."""


class CostLine(costs.Charged):
    """A line, the classes of tokens side by side; in CSV the first one has the names of the fields."""

    input_tokens = serializers.IntegerField(allow_null=True)
    input_amount_usd = serializers.CharField(allow_null=True)
    input_usd_per_million = serializers.CharField(allow_null=True)
    cached_input_tokens = serializers.IntegerField(allow_null=True)
    cached_input_amount_usd = serializers.CharField(allow_null=True)
    cached_input_usd_per_million = serializers.CharField(allow_null=True)
    output_tokens = serializers.IntegerField(allow_null=True)
    output_amount_usd = serializers.CharField(allow_null=True)
    output_usd_per_million = serializers.CharField(allow_null=True)


class EventLine(Call):
    """A line; in CSV the first one has the names of the fields."""

    example = Call.example | {"amount_usd": "0.0001164"}
    is_kept = None  # type: ignore[assignment]  # DRF's way to leave a field out
    amount_usd = serializers.CharField(help_text="The same in dollars, with all digits.")


_FORM: Any = serializers.ChoiceField(list(Form), default=Form.CSV.value)


class RowExportFilter(RowFilter):
    format = _FORM


class EventFilter(SpanFilter):
    format = _FORM


class CsvRenderer(JSONRenderer):
    """Lets who asks for CSV in; what fails is told as ever."""

    media_type = Form.CSV.media_type
    format = "csv"


class _Export(OfUsage):
    renderer_classes = [JSONRenderer, CsvRenderer, NdjsonRenderer]
    table: Table

    def lines(self) -> Iterator[dict[str, Any]]:
        raise NotImplementedError

    def get(self, request: Request) -> StreamingHttpResponse:
        form = Form(self.query["format"])
        content_type = f"{form.media_type}; charset=utf-8" if form is Form.CSV else form.media_type
        response = StreamingHttpResponse(written(self.table, form, self.lines()), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="{self.table.name}.{form}"'
        return response


def _export(id: str, summary: str, answer: type, query: type, description: str) -> Operation:
    return Operation(
        id,
        summary,
        Permission.VIEW_USAGE,
        answer=answer,
        query=query,
        media_type=Form.CSV.media_type,
        other_media_type=Form.NDJSON.media_type,
        description=description,
        conflicts=CONFLICTS,
        may_be_missing=True,
    )


class UsageExport(_Export):
    table = Table("usage", usage.HEADER)
    operations = {
        "GET": _export("usage.export", "Take usage away as a file", UsageLine, RowExportFilter, f"All rows. {SPAN}")
    }

    def lines(self) -> Iterator[dict[str, Any]]:
        asked = self.question()
        return _dated(usage.usage_lines(asked, usage_rows(asked)))


class CostsExport(_Export):
    table = Table("costs", costs.HEADER)
    operations = {
        "GET": _export("costs.export", "Take costs away as a file", CostLine, RowExportFilter, f"All rows. {SPAN}")
    }

    def lines(self) -> Iterator[dict[str, Any]]:
        asked = self.question()
        return _dated(costs.cost_lines(asked, cost_rows(asked)))


class EventsExport(_Export):
    table = Table("usage-events", (*events.COLUMNS, "amount_usd"))
    operations = {
        "GET": _export(
            "usage.exportEvents",
            "Take every call away as a file",
            EventLine,
            EventFilter,
            "The oldest first, with the amount in pico-dollars (`amount`) and in dollars. A `range` up to now, or from"
            " `since` to before `until` (now without it), to the very moment.",
        )
    }

    def lines(self) -> Iterator[dict[str, Any]]:
        asked = self.question()
        start, end = self.query.get("since", asked.period.start), self.query.get("until", asked.period.end)
        return _events(events.event_chunks(asked.organization_id, asked.where, start, end))


def _dated(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield row | {"start": row["start"].isoformat()}


def _events(chunks: Iterable[list[tuple[Any, ...]]]) -> Iterator[dict[str, Any]]:
    for chunk in chunks:
        for values in chunk:
            line = dict(zip(events.COLUMNS, values, strict=True))
            amount = int(line["amount"])
            ids = {name: str(line[name]) for name in ("id", "project_id", "key_id", "outcome")}
            yield (
                line
                | ids
                | {
                    "started_at": line["started_at"].isoformat(),
                    "amount": str(amount),
                    "amount_usd": exact_dollars(amount),
                }
            )
