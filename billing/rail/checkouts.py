"""Checkout at Stripe: the page on which somebody buys credit. Their card is given there, and never to us."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from billing.rail.client import Json, SessionParams, ask, ask_all, options
from billing.rail.customers import window


@dataclass(frozen=True, slots=True)
class Order:
    """What is bought, by whom, and where the browser goes afterwards."""

    top_up: str
    customer: str
    cents: int
    title: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Checkout:
    """A session as it is at Stripe. `total` is what is paid: `cents` and `tax`."""

    id: str
    url: str  # "" when it is over; it is a secret of whoever pays
    status: str  # open, complete or expired
    is_paid: bool
    cents: int
    tax: int
    total: int
    currency: str
    customer: str
    livemode: bool
    top_up: str  # "" for one that is not ours
    payment: str
    invoice: str


def open_checkout(order: Order, key: str) -> Checkout:
    return _checkout(ask(lambda v1: v1.checkout.sessions.create(_params(order), options(key))))


def find_checkout(order: Order, since: datetime) -> Checkout | None:
    """Return the session that was opened for a top-up since then, if there is one."""
    asked = {"customer": order.customer, "created": {"gte": window(since)}, "limit": 100}
    for row in ask_all(lambda v1: v1.checkout.sessions.list(asked)):  # type: ignore[arg-type]
        if row["metadata"].get("top_up") == order.top_up:
            return _checkout(row)
    return None


def get_checkout(id: str) -> Checkout:
    return _checkout(ask(lambda v1: v1.checkout.sessions.retrieve(id)))


def expire_checkout(id: str, key: str) -> Checkout:
    return _checkout(ask(lambda v1: v1.checkout.sessions.expire(id, options=options(key))))


def _params(order: Order) -> SessionParams:
    metadata = {"top_up": order.top_up}
    params: SessionParams = {
        "mode": "payment",
        "customer": order.customer,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": order.cents,
                    "product_data": {"name": order.title},
                },
            }
        ],
        "invoice_creation": {"enabled": True, "invoice_data": {"metadata": metadata}},
        "payment_intent_data": {"setup_future_usage": "off_session", "metadata": metadata},
        "metadata": metadata,
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": int(order.expires_at.timestamp()),
    }
    if settings.STRIPE_TAX:
        params["automatic_tax"] = {"enabled": True}
        params["tax_id_collection"] = {"enabled": True}
        params["customer_update"] = {"address": "auto", "name": "auto"}
        params["line_items"][0]["price_data"]["tax_behavior"] = "exclusive"
    return params


def _checkout(row: Json) -> Checkout:
    return Checkout(
        id=row["id"],
        url=row["url"] or "",
        status=row["status"] or "",
        is_paid=row["payment_status"] == "paid",
        cents=row["amount_subtotal"] or 0,
        tax=(row.get("total_details") or {}).get("amount_tax") or 0,
        total=row["amount_total"] or 0,
        currency=row["currency"] or "",
        customer=row["customer"] or "",
        livemode=row["livemode"],
        top_up=(row["metadata"] or {}).get("top_up", ""),
        payment=row["payment_intent"] or "",
        invoice=row["invoice"] or "",
    )
