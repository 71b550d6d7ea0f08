"""The audit log as a file, a line at a time: CSV for spreadsheets, JSON, and JSON with an event a line."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from ledger.history import Happening
from trust.audit.rows import CSV_HEADER, as_json, csv_rows
from usage import csv_export


@dataclass(frozen=True, slots=True)
class Format:
    """`title` is how the page offers it."""

    title: str | Promise
    content_type: str
    lines: Callable[[Iterable[Happening]], Iterator[str | bytes]]


def _csv(happenings: Iterable[Happening]) -> Iterator[str | bytes]:
    yield from csv_export.lines(CSV_HEADER, csv_rows(happenings))


def _ndjson(happenings: Iterable[Happening]) -> Iterator[str | bytes]:
    for each in happenings:
        yield msgspec.json.encode(as_json(each)) + b"\n"


def _json(happenings: Iterable[Happening]) -> Iterator[str | bytes]:
    yield b"["
    for number, each in enumerate(happenings):
        yield (b",\n" if number else b"\n") + msgspec.json.encode(as_json(each))
    yield b"\n]\n"


FORMATS = {
    "csv": Format(gettext_lazy("CSV, for spreadsheets"), "text/csv; charset=utf-8", _csv),
    "json": Format("JSON", "application/json", _json),
    "ndjson": Format(gettext_lazy("JSON, an event a line"), "application/x-ndjson", _ndjson),
}
