"""What a lot was used for, as its page shows it."""

from dataclasses import dataclass
from datetime import datetime

from billing.models import CreditLot, Draw
from billing.views.cursors import slice_of
from catalog.money import bare_digits


@dataclass(frozen=True, slots=True)
class DrawRow:
    number: int  # of the transaction
    what: str
    at: datetime
    amount: str


@dataclass(frozen=True, slots=True)
class DrawPage:
    rows: list[DrawRow]
    before: int | None
    is_first: bool


def draw_page(lot: CreditLot, before: str) -> DrawPage:
    found = slice_of(lot.draws.select_related("transaction"), "pk", before)
    rows = [_row(draw) for draw in found.rows]
    return DrawPage(rows, found.before, found.is_first)


def _row(draw: Draw) -> DrawRow:
    transaction = draw.transaction
    return DrawRow(transaction.number, transaction.get_kind_display(), transaction.at, bare_digits(draw.amount))
