"""The next invoice, as it will likely be: usage, what credit pays of it, and what is then to be paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from billing.models import BillingAccount, Invoice


@dataclass(frozen=True, slots=True)
class Upcoming:
    """In pico-dollars: usage + carried - credit = due."""

    usage: int
    carried: int  # owed from before, and on no invoice yet
    credit: int
    due: int


def billed_in(invoices: Iterable[Invoice], month: datetime) -> int:
    """Return what of a month's usage stands on closed ones of these already: those of a part of it, closed in between.

    Each has its usage as `used`.
    """
    return sum(int(getattr(each, "used", 0) or 0) for each in invoices if not each.is_draft and each.start >= month)


def upcoming(account: BillingAccount, spent: int, expected: int, billed: int = 0) -> Upcoming:
    """Return the invoice of a month in which so much was spent and so much is expected to be, a part billed already.

    Who pays in advance owes nothing in the end: calls that credit does not cover are refused.
    """
    usage = max(0, expected - billed)
    if account.is_prepaid:
        return Upcoming(usage, 0, usage, 0)
    spendable = account.credit - account.frozen
    due = account.debt + max(0, expected - spent - spendable)
    return Upcoming(usage, max(0, due - usage), max(0, usage - due), due)
