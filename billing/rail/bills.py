"""Invoices at Stripe: how what is due is collected without anybody at a browser. Ours are billing's own invoices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from billing.rail.client import BillParams, Json, ask, ask_all, options
from billing.rail.customers import window

_PAYMENTS = ["payments"]
About = Mapping[str, str]  # what one is for: a name and an id of ours


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
    top_up: str  # the id of what it is for, "" if it is for none
    invoice: str
    payment: str  # "" before the first try
    page: str  # where a person pays or confirms it; a secret of theirs
    pdf: str  # likewise
    is_automatic: bool  # charged by itself, not sent to be paid
    tries: int
    retry_at: datetime | None  # when Stripe tries again by itself
    is_stuck: bool  # Stripe could not finalize it

    @property
    def is_paid(self) -> bool:
        return self.status == "paid"

    @property
    def is_open(self) -> bool:
        return self.status == "open"


def draft_bill(about: About, customer: str, key: str, *, days: int | None = None) -> Bill:
    """Make an empty invoice that does nothing by itself; with days to pay it, one that is not charged by itself."""
    params: BillParams = {
        "customer": customer,
        "currency": "usd",
        "collection_method": "charge_automatically",
        "auto_advance": False,
        "automatic_tax": {"enabled": settings.STRIPE_TAX},
        "metadata": dict(about),
        "expand": _PAYMENTS,
    }
    if days is not None:
        params["collection_method"], params["days_until_due"] = "send_invoice", days
    return _bill(ask(lambda v1: v1.invoices.create(params, options(key))))


def find_bill(about: About, customer: str, since: datetime) -> Bill | None:
    """Return the invoice that was made for something since then: of several, one that is paid, or else the oldest."""
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
        if row["status"] != "void" and all(row["metadata"].get(name) == value for name, value in about.items())
    ]
    return next((bill for bill in found if bill.is_paid), found[-1] if found else None)


def get_bill(id: str) -> Bill:
    return _bill(ask(lambda v1: v1.invoices.retrieve(id, {"expand": _PAYMENTS})))


def find_bill_of_payment(payment: str) -> Bill | None:
    """Return the invoice that a payment is for."""
    asked = {"payment": {"type": "payment_intent", "payment_intent": payment}, "limit": 1}
    for row in ask_all(lambda v1: v1.invoice_payments.list(asked)):  # type: ignore[arg-type]
        return get_bill(row["invoice"])
    return None


def add_line(bill: Bill, cents: int, title: str, key: str, about: About | None = None) -> None:
    ask(
        lambda v1: v1.invoice_items.create(
            {
                "customer": bill.customer,
                "invoice": bill.id,
                "amount": cents,
                "currency": "usd",
                "description": title,
                **({"metadata": dict(about)} if about else {}),
                **({"tax_behavior": "exclusive"} if settings.STRIPE_TAX else {}),
            },
            options(key),
        )
    )


def finalize_bill(id: str, key: str, *, advances: bool = False) -> Bill:
    """Finalize it; if it advances, Stripe charges it by itself, and again if that fails."""
    return _bill(
        ask(lambda v1: v1.invoices.finalize_invoice(id, {"auto_advance": advances, "expand": _PAYMENTS}, options(key)))
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
        invoice=(row["metadata"] or {}).get("invoice", ""),
        payment=_payment(row),
        page=row.get("hosted_invoice_url") or "",
        pdf=row.get("invoice_pdf") or "",
        is_automatic=row["collection_method"] == "charge_automatically",
        tries=row["attempt_count"],
        retry_at=datetime.fromtimestamp(at, UTC) if (at := row.get("next_payment_attempt")) else None,
        is_stuck=row["status"] == "draft" and bool(row.get("last_finalization_error")),
    )


def _payment(row: Json) -> str:
    """Return the payment that is or was to pay it: the paid one, else the newest."""
    rows = (row.get("payments") or {}).get("data", [])
    ordered = sorted(rows, key=lambda each: (each["status"] == "paid", each["created"]))
    return (ordered[-1]["payment"].get("payment_intent") or "") if ordered else ""
