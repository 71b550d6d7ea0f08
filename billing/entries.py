"""The journal for reading: its transactions with their postings, on a page, and as a file that programs read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from billing.models import Posting, Transaction
from catalog.money import exact_dollars
from usage import csv_export

_CHUNK = 500
CSV_HEADER = ["number", "at_utc", "kind", "reference", "account", "amount_pico_usd", "amount_usd"]


@dataclass(frozen=True, slots=True)
class Format:
    """`title` is how the page offers it."""

    title: str | Promise
    content_type: str
    lines: Callable[[Iterable[Transaction]], Iterator[str | bytes]]


def entries_of(organization_id: UUID, kind: str = "") -> QuerySet[Transaction]:
    """Return the transactions of an organization with their postings, debits first; two queries."""
    found = Transaction.objects.filter(organization_id=organization_id)
    found = found.filter(kind=kind) if kind else found
    return found.prefetch_related(Prefetch("postings", Posting.objects.order_by("-amount", "account")))


def oldest_first(entries: QuerySet[Transaction]) -> Iterator[Transaction]:
    """Yield all of them in little memory."""
    yield from entries.order_by("number").iterator(chunk_size=_CHUNK)


def as_json(entry: Transaction) -> dict[str, Any]:
    """Return a transaction as programs read it; amounts are integers, as text: a float would round them."""
    return {
        "number": entry.number,
        "id": str(entry.pk),
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "reference": entry.reference,
        "postings": [{"account": each.account, "amount": str(each.amount)} for each in entry.postings.all()],
    }


def _csv(entries: Iterable[Transaction]) -> Iterator[str | bytes]:
    yield from csv_export.lines(CSV_HEADER, (row for entry in entries for row in _csv_rows(entry)))


def _csv_rows(entry: Transaction) -> Iterator[list[str | int]]:
    for each in entry.postings.all():
        about: list[str | int] = [entry.number, entry.at.isoformat(), entry.kind, entry.reference]
        # No sign as text in front: a spreadsheet would be kept from calculating with it.
        yield [*about, each.account, each.amount, exact_dollars(each.amount)]


def _json(entries: Iterable[Transaction]) -> Iterator[str | bytes]:
    yield b"["
    for number, entry in enumerate(entries):
        yield (b",\n" if number else b"\n") + msgspec.json.encode(as_json(entry))
    yield b"\n]\n"


FORMATS = {
    "csv": Format(gettext_lazy("CSV, for spreadsheets"), "text/csv; charset=utf-8", _csv),
    "json": Format("JSON", "application/json", _json),
}
