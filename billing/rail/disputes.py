"""Disputes at Stripe: what a card holder's bank decides about a payment, and the money that moves with it."""

from collections.abc import Iterable
from dataclasses import dataclass

from billing.rail.client import Json, ask


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that moved, in cents: from us if above zero, to us if below; and the fee of it."""

    amount: int
    fee: int


@dataclass(frozen=True, slots=True)
class Case:
    """A dispute as it is at Stripe."""

    id: str
    status: str
    reason: str
    cents: int
    currency: str
    payment: str
    livemode: bool
    withdrawn: Flow | None
    reinstated: Flow | None

    @property
    def is_inquiry(self) -> bool:
        """A bank asks, and takes nothing; it may become a dispute."""
        return self.status.startswith("warning_") and self.status != "warning_closed"

    @property
    def is_won(self) -> bool:
        return self.status in {"won", "warning_closed", "prevented"}

    @property
    def is_lost(self) -> bool:
        return self.status == "lost"


def get_case(id: str) -> Case:
    return _case(ask(lambda v1: v1.disputes.retrieve(id)))


def _case(row: Json) -> Case:
    moves = row.get("balance_transactions") or []
    foreign = next((move["currency"] for move in moves if move["currency"] != "usd"), "")
    return Case(
        id=row["id"],
        status=row["status"],
        reason=str(row.get("reason") or "").replace("_", "-")[:40],
        cents=row["amount"],
        currency=foreign or row["currency"],
        payment=row.get("payment_intent") or "",
        livemode=row["livemode"],
        withdrawn=_flow(move for move in moves if move["amount"] < 0),
        reinstated=_flow(move for move in moves if move["amount"] > 0),
    )


def _flow(moves: Iterable[Json]) -> Flow | None:
    found = list(moves)
    if not found:
        return None
    return Flow(amount=-sum(move["amount"] for move in found), fee=sum(move["fee"] for move in found))
