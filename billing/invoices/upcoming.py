"""The next invoice, as it will likely be: usage, what credit pays of it, and what is then to be paid."""

from dataclasses import dataclass

from billing.models import BillingAccount


@dataclass(frozen=True, slots=True)
class Upcoming:
    """In pico-dollars: usage + carried - credit = due."""

    usage: int
    carried: int  # owed from before, and on no invoice yet
    credit: int
    due: int


def upcoming(account: BillingAccount, spent: int, expected: int) -> Upcoming:
    """Return the invoice of a month in which so much was spent and so much is expected to be.

    Who pays in advance owes nothing in the end: calls that credit does not cover are refused.
    """
    if account.is_prepaid:
        return Upcoming(expected, 0, expected, 0)
    spendable = account.credit - account.frozen
    due = account.debt + max(0, expected - spent - spendable)
    return Upcoming(expected, max(0, due - expected), max(0, expected - due), due)
