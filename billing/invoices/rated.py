"""The rated usage of an invoice: each call as one line of bytes, and what all of them come to.

The line of a call is its leaf in the invoice's Merkle tree, and stands as it is in what customers take away.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

from billing.errors import BillingError
from billing.invoices.lines import classes_of, prices_of, rates_of
from billing.models import Invoice
from catalog.models import Price
from ledger.tree import Frontier
from usage.models import UsageEvent

Version: TypeAlias = tuple[str, int]  # of a model
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_COUNTS = ("prompt_tokens", "cached_tokens", "completion_tokens", "price_version", "amount")
_COLUMNS = ("id_text", "started_at", "project_id_text", "key_id_text", "model", *_COUNTS)
_Row: TypeAlias = tuple[str, datetime, str, str, str, int, int, int, int, int]
_AT_ONCE = 2000  # rows in memory


@dataclass(slots=True)
class Tally:
    """What the calls of an invoice come to, counted from the events alone, and the prices of their models."""

    prices: dict[Version, Price]
    root: bytes = b""
    events: int = 0
    amount: int = 0
    sums: dict[Version, list[int]] = field(default_factory=dict)  # calls, and tokens of each class


def microseconds(moment: datetime) -> int:
    """Return a time as microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def event_lines(invoice_id: UUID) -> Iterator[bytes]:
    """Yield the line of each call, by id; docs/invoices.md says what stands in it."""
    return (_line(row) for row in _rows(invoice_id))


def tally(invoice: Invoice) -> Tally:
    """Count all calls of an invoice; BillingError `disagreement` if one costs what its price does not say."""
    prices = prices_of(invoice.lines.order_by().values_list("model", flat=True).distinct())
    rates = {version: tuple(rates_of(price).values()) for version, price in prices.items()}
    found, tree = Tally(prices), Frontier()
    for row in _rows(invoice.pk):
        for _ in tree.append(sha256(b"\x00" + _line(row)).digest()):
            pass
        _, _, _, _, model, prompt, cached, completion, version, amount = row
        counts = classes_of(prompt, cached, completion)
        if amount != sum(map(int.__mul__, counts, rates.get((model, version), (0, 0, 0)))):
            raise BillingError("disagreement", f"The call {row[0]} costs what its price does not say.")
        sums = found.sums.setdefault((model, version), [0, 0, 0, 0])
        for place, count in enumerate((1, *counts)):
            sums[place] += count
        found.amount += amount
    found.root, found.events = tree.root(), tree.size
    return found


def _rows(invoice_id: UUID) -> Iterator[_Row]:
    # Ids as text: to make objects of three million of them, and text of those again, is what took longest.
    ids = {f"{name}_text": Cast(name, TextField()) for name in ("id", "project_id", "key_id")}
    events = UsageEvent.objects.filter(billed_in=invoice_id).order_by("id").annotate(**ids)
    return events.values_list(*_COLUMNS).iterator(chunk_size=_AT_ONCE)


def _line(row: _Row) -> bytes:
    call, began, project, key, model, *numbers = row
    ids = f'["{_dashed(call)}",{microseconds(began)},"{_dashed(project)}","{_dashed(key)}"'
    return f"{ids},{_quoted(model)},{','.join(map(str, numbers))}]".encode()


def _dashed(text: str) -> str:
    """Return a UUID as it is written: SQLite has its 32 digits alone."""
    return text if len(text) > 32 else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@lru_cache(maxsize=1000)
def _quoted(model: str) -> str:
    return json.dumps(model)
