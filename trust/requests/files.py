"""The metadata of calls as a file, a line at a time. Prompts and answers are in none: those are opened one by one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from catalog.money import exact_dollars
from usage import csv_export
from usage.models import UsageEvent

Names = Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Format:
    """`title` is how the page offers it."""

    title: str | Promise
    content_type: str
    lines: Callable[[Iterable[dict[str, Any]]], Iterator[str | bytes]]


HEADER = [
    "started_at", "id", "project_id", "project", "key_id", "key", "model", "status", "outcome", "prompt_tokens",
    "cached_tokens", "completion_tokens", "estimated", "latency_ms", "first_token_ms", "amount_usd", "price_version",
]  # fmt: skip


def as_dict(event: UsageEvent, projects: Names, keys: Names) -> dict[str, Any]:
    """Return a call as programs read it; names are those of now, empty for what is gone."""
    return {
        "started_at": event.started_at.isoformat(),
        "id": str(event.pk),
        "project_id": str(event.project_id),
        "project": projects.get(event.project_id, ""),
        "key_id": str(event.key_id),
        "key": keys.get(event.key_id, ""),
        "model": event.model,
        "status": event.status,
        "outcome": event.outcome,
        "prompt_tokens": event.prompt_tokens,
        "cached_tokens": event.cached_tokens,
        "completion_tokens": event.completion_tokens,
        "estimated": event.estimated,
        "latency_ms": event.latency_ms,
        "first_token_ms": event.first_token_ms,
        "amount_usd": exact_dollars(event.amount),
        "price_version": event.price_version,
    }


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[str | bytes]:
    yield from csv_export.lines(HEADER, ([_cell(row[name]) for name in HEADER] for row in rows))


def _cell(value: Any) -> str | int:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def _ndjson(rows: Iterable[dict[str, Any]]) -> Iterator[str | bytes]:
    for row in rows:
        yield msgspec.json.encode(row) + b"\n"


FORMATS = {
    "csv": Format(gettext_lazy("CSV, for spreadsheets"), "text/csv; charset=utf-8", _csv),
    "ndjson": Format(gettext_lazy("JSON, a call a line"), "application/x-ndjson", _ndjson),
}
