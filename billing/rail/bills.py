"""Invoices at Stripe: how what is due is collected without anybody at a browser. Ours are billing's own invoices."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from billing.rail.client import Json, ask, ask_all, options
from billing.rail.customers import window

_PAYMENTS = ["payments"]


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice as it is at Stripe. `total` is what is to be paid: `cents` and `tax`."""

    id: str
    status: str  # draft, open, paid, void or uncollectible
    cents: int
    tax: int
    total: int
    currency: str
    customer: str
    livemode: bool
    top_up: str  # "" for one that is for none
    payment: str  # "" before the first try
    page: str  # where a person pays or confirms it; a secret of theirs
    pdf: str  # likewise

    @property
    def is_paid(self) -> bool:
        return self.status == "paid"

    @property
    def is_open(self) -> bool:
        return self.status == "open"


def draft_bill(top_up: str, customer: str, key: str) -> Bill:
    """Make an empty invoice that does nothing by itself."""
    return _bill(
        ask(
            lambda v1: v1.invoices.create(
                {
                    "customer": customer,
                    "currency": "usd",
                    "collection_method": "charge_automatically",
                    "auto_advance": False,
                    "automatic_tax": {"enabled": settings.STRIPE_TAX},
                    "metadata": {"top_up": top_up},
                    "expand": _PAYMENTS,
                },
                options(key),
            )
        )
    )


def find_bill(top_up: str, customer: str, since: datetime) -> Bill | None:
    """Return the invoice that was made for a top-up since then: of several, one that is paid, or else the oldest."""
    found = [
        _bill(row)
        for row in ask_all(
            lambda v1: v1.invoices.list(
                {
                    "customer": customer,
                    "created": {"gte": window(since)},
                    "limit": 100,
                    "expand": ["data.payments"],
                }
            )
        )
        if row["metadata"].get("top_up") == top_up and row["status"] != "void"
    ]
    return next((bill for bill in found if bill.is_paid), found[-1] if found else None)


def get_bill(id: str) -> Bill:
    return _bill(ask(lambda v1: v1.invoices.retrieve(id, {"expand": _PAYMENTS})))


def add_line(bill: Bill, cents: int, title: str, key: str) -> None:
    ask(
        lambda v1: v1.invoice_items.create(
            {
                "customer": bill.customer,
                "invoice": bill.id,
                "amount": cents,
                "currency": "usd",
                "description": title,
                **({"tax_behavior": "exclusive"} if settings.STRIPE_TAX else {}),
            },
            options(key),
        )
    )


def finalize_bill(id: str, key: str) -> Bill:
    return _bill(
        ask(lambda v1: v1.invoices.finalize_invoice(id, {"auto_advance": False, "expand": _PAYMENTS}, options(key)))
    )


def pay_bill(id: str, method: str, key: str) -> Bill:
    """Try to collect it from a payment method, with nobody there; RailError `declined` or `confirmation-needed`."""
    return _bill(
        ask(
            lambda v1: v1.invoices.pay(
                id, {"payment_method": method, "off_session": True, "expand": _PAYMENTS}, options(key)
            )
        )
    )


def void_bill(id: str, key: str) -> Bill:
    return _bill(ask(lambda v1: v1.invoices.void_invoice(id, {"expand": _PAYMENTS}, options(key))))


def delete_draft(id: str, key: str) -> None:
    ask(lambda v1: v1.invoices.delete(id, options=options(key)))


def _bill(row: Json) -> Bill:
    return Bill(
        id=row["id"],
        status=row["status"] or "",
        cents=row["subtotal"],
        tax=sum(each["amount"] for each in row.get("total_taxes") or []),
        total=row["total"],
        currency=row["currency"],
        customer=row["customer"] or "",
        livemode=row["livemode"],
        top_up=(row["metadata"] or {}).get("top_up", ""),
        payment=_payment(row),
        page=row.get("hosted_invoice_url") or "",
        pdf=row.get("invoice_pdf") or "",
    )


def _payment(row: Json) -> str:
    """Return the payment that is or was to pay it: the paid one, else the newest."""
    rows = (row.get("payments") or {}).get("data", [])
    ordered = sorted(rows, key=lambda each: (each["status"] == "paid", each["created"]))
    return (ordered[-1]["payment"].get("payment_intent") or "") if ordered else ""
