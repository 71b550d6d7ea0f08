"""The figures of an invoice: exact pico-dollars, and whole cents, each of them rounded once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.money import CENT


def in_cents(pico: int) -> int:
    """Return the nearest whole cents of an amount, half a cent being one."""
    return (2 * pico + CENT) // (2 * CENT)


def split_cents(amounts: Sequence[int]) -> list[int]:
    """Return the cents of lines so that they sum to the total's: those that lose most get the cents that are left.

    Each is less than a cent off. Amounts are not negative; of equal ones the first gets it.
    """
    cents = [amount // CENT for amount in amounts]
    left = in_cents(sum(amounts)) - sum(cents)
    order = sorted(range(len(amounts)), key=lambda place: (-(amounts[place] % CENT), place))
    for place in order[:left]:
        cents[place] += 1
    return cents


@dataclass(frozen=True, slots=True)
class Amounts:
    """What was used, what credit paid of it, and what the invoice asks for, in pico-dollars.

    `carried` is what else is due: debt from before, or (below zero) what was repaid since or stays in the account.
    So `usage - credit + carried` is what is due, to the pico-dollar.
    """

    usage: int
    credit: int
    carried: int

    @property
    def exact(self) -> int:
        """What is due, before it is rounded."""
        return self.usage - self.credit + self.carried

    @property
    def rounding(self) -> int:
        """What rounding adds to what is due, or takes from it."""
        return in_cents(self.exact) * CENT - self.exact

    def cents(self) -> dict[str, int]:
        """Return the same in cents: total - credit + carried = due. The total and what is due are rounded, once."""
        total, due, uncovered = in_cents(self.usage), in_cents(self.exact), in_cents(self.usage - self.credit)
        return {"total": total, "credit": total - uncovered, "carried": due - uncovered, "due": due}
