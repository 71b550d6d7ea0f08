"""Payments at Stripe: how a try went, and what Stripe kept of the money."""

from dataclasses import dataclass

from billing.rail.client import Json, ask
from billing.rail.errors import RailError, decline_reason


@dataclass(frozen=True, slots=True)
class Payment:
    id: str
    status: str  # succeeded, processing, requires_action, requires_payment_method, canceled, …
    reason: str  # why the newest try failed, as a code; "" if it did not
    fee: int | None  # cents; None if it is not known yet, or not in dollars

    @property
    def needs_confirmation(self) -> bool:
        return self.status == "requires_action" or self.reason == "authentication-required"

    @property
    def has_failed(self) -> bool:
        return self.status in {"requires_payment_method", "canceled"} and not self.needs_confirmation


def get_payment(id: str) -> Payment:
    return _payment(ask(lambda v1: v1.payment_intents.retrieve(id, {"expand": ["latest_charge.balance_transaction"]})))


def fee_of(payment: str) -> int | None:
    """Return what Stripe kept; None if it does not say so now, which keeps nobody from what they paid for."""
    try:
        return get_payment(payment).fee if payment else None
    except RailError:
        return None


def _payment(row: Json) -> Payment:
    error = row.get("last_payment_error") or {}
    moved = (row.get("latest_charge") or {}).get("balance_transaction") or {}
    in_dollars = moved.get("currency") == "usd"
    return Payment(
        id=row["id"],
        status=row["status"],
        reason=decline_reason(str(error.get("decline_code") or error.get("code") or "").replace("_", "-")[:40]),
        fee=moved["fee"] if in_dollars else None,
    )
