"""The columns of the files: exact, and named as the console names them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pyarrow as pa

from usage.events import COLUMNS

_NAME = pa.dictionary(pa.int32(), pa.string())
_TYPES: dict[str, Any] = {
    "started_at": pa.timestamp("us", tz="UTC"),
    "id": pa.string(),
    "project_id": _NAME,
    "key_id": _NAME,
    "model": _NAME,
    "status": pa.int16(),
    "outcome": _NAME,
    "prompt_tokens": pa.int64(),
    "cached_tokens": pa.int64(),
    "completion_tokens": pa.int64(),
    "estimated": pa.bool_(),
    "latency_ms": pa.int64(),
    "first_token_ms": pa.int64(),
    "amount": pa.decimal128(38, 0),  # pico-dollars, as the database has them
    "price_version": pa.int32(),
}
SCHEMA = pa.schema(
    [
        pa.field("organization_id", _NAME, nullable=False),
        *(pa.field(name, _TYPES[name], nullable=name == "first_token_ms") for name in COLUMNS),
    ]
)
_TEXTS = {"id", "project_id", "key_id", "outcome"}


def batch_of(organization_id: UUID, rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    """Return events, whose values are in the order of COLUMNS, as columns."""
    values: list[Sequence[Any]] = [[str(organization_id)] * len(rows), *zip(*rows, strict=True)]
    arrays = [_array(field, column) for field, column in zip(SCHEMA, values, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _array(field: pa.Field, column: Sequence[Any]) -> pa.Array:
    values = map(str, column) if field.name in _TEXTS else column
    return pa.array(list(values), type=field.type)
