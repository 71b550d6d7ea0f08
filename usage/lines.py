"""Rows as lines of a file, CSV or JSON, a piece of many lines at a time, so that a long file needs little memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

import msgspec

from usage import csv_export

_AT_ONCE = 500
Line = dict[str, Any]


class Form(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"

    @property
    def media_type(self) -> str:
        return "text/csv" if self is Form.CSV else "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns, in their order, and the name of the file without its ending."""

    name: str
    header: Sequence[str]


def written(table: Table, form: Form, lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield a file piece by piece."""
    left = iter(lines)
    if form is Form.CSV:
        yield csv_export.joined([table.header]).encode()
    while piece := list(islice(left, _AT_ONCE)):
        yield _csv(table, piece) if form is Form.CSV else _ndjson(piece)


def _csv(table: Table, lines: Iterable[Line]) -> bytes:
    cells = ([csv_export.neutral(_cell(line[name])) for name in table.header] for line in lines)
    return csv_export.joined(cells).encode()


def _ndjson(lines: Iterable[Line]) -> bytes:
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def _cell(value: Any) -> str | int:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value
