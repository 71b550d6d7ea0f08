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

from billing.errors import BillingError
from billing.invoices.lines import classes_of, rates_of
from catalog.models import Price
from ledger.tree import Frontier
from usage.models import UsageEvent

Version: TypeAlias = tuple[str, int]  # of a model
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_COLUMNS = ("id", "started_at", "project_id", "key_id", "model", "prompt_tokens", "cached_tokens", "completion_tokens")
_AT_ONCE = 2000  # rows in memory


@dataclass(slots=True)
class Tally:
    """What the calls of an invoice come to, counted from the events alone."""

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


def tally(invoice_id: UUID, prices: dict[Version, Price]) -> Tally:
    """Count all calls of an invoice; BillingError `disagreement` if one costs what its price does not say."""
    found, tree = Tally(), Frontier()
    rates = {version: tuple(rates_of(price).values()) for version, price in prices.items()}
    for row in _rows(invoice_id):
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


def _rows(invoice_id: UUID) -> Iterator[tuple[UUID, datetime, UUID, UUID, str, int, int, int, int, int]]:
    events = UsageEvent.objects.filter(billed_in=invoice_id).order_by("id")
    return events.values_list(*_COLUMNS, "price_version", "amount").iterator(chunk_size=_AT_ONCE)


def _line(row: tuple[UUID, datetime, UUID, UUID, str, int, int, int, int, int]) -> bytes:
    call_id, started_at, project_id, key_id, model, *numbers = row
    tail = ",".join(map(str, numbers))
    return f'["{call_id}",{microseconds(started_at)},"{project_id}","{key_id}",{_quoted(model)},{tail}]'.encode()


@lru_cache(maxsize=1000)
def _quoted(model: str) -> str:
    return json.dumps(model)
