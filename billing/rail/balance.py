"""What moved the balance at Stripe: payments, refunds, disputes, fees and payouts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from billing.rail.client import Json, ask_all


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement, in cents; of a payment with its fee."""

    id: str
    kind: str  # charge, payment, refund, adjustment, payout, …
    amount: int
    fee: int
    currency: str
    source: str  # the charge, refund or dispute; "" for none
    payment: str  # of a charge
    is_settled: bool  # False of a charge that may still fail, or did
    at: datetime

    @property
    def net(self) -> int:
        return self.amount - self.fee


def movements_since(since: datetime) -> Iterator[Movement]:
    """Yield what moved since then; RailError."""
    asked = {"created": {"gte": int(since.timestamp())}, "limit": 100, "expand": ["data.source"]}
    return map(_movement, ask_all(lambda v1: v1.balance_transactions.list(asked)))  # type: ignore[arg-type]


def _movement(row: Json) -> Movement:
    source = row["source"] if isinstance(row["source"], dict) else {"id": row["source"] or "", "object": ""}
    is_charge = source["object"] == "charge"
    return Movement(
        id=row["id"],
        kind=row["type"],
        amount=row["amount"],
        fee=row["fee"],
        currency=row["currency"],
        source=source["id"],
        payment=(source.get("payment_intent") or "") if is_charge else "",
        is_settled=not is_charge or source["status"] == "succeeded",
        at=datetime.fromtimestamp(row["created"], UTC),
    )
