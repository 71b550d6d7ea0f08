"""Refunds at Stripe: by a credit note on the invoice of the purchase, or, where there is none, plainly."""

from collections.abc import Iterable
from dataclasses import dataclass

from billing.rail.client import Json, ask, ask_all, options


@dataclass(frozen=True, slots=True)
class Repayment:
    """A refund as it is at Stripe."""

    id: str
    status: str  # pending, requires_action, succeeded, failed or canceled
    reason: str  # why it failed, as a code
    cents: int
    currency: str
    payment: str
    refund: str  # "" for one that does not say which of ours it is

    @property
    def is_paid(self) -> bool:
        return self.status == "succeeded"

    @property
    def has_failed(self) -> bool:
        return self.status in {"failed", "canceled"}


@dataclass(frozen=True, slots=True)
class Note:
    """A credit note, and the refunds that it made."""

    id: str
    refund: str  # of ours, "" for none
    repayments: tuple[str, ...]


def get_repayment(id: str) -> Repayment:
    return _repayment(ask(lambda v1: v1.refunds.retrieve(id)))


def make_repayment(refund: str, payment: str, cents: int, key: str) -> Repayment:
    return _repayment(
        ask(
            lambda v1: v1.refunds.create(
                {"payment_intent": payment, "amount": cents, "metadata": {"refund": refund}}, options(key)
            )
        )
    )


def find_repayment(refund: str, payment: str) -> Repayment | None:
    """Return the refund that was made for one of ours, if there is one."""
    rows = ask_all(lambda v1: v1.refunds.list({"payment_intent": payment, "limit": 100}))
    return next((_repayment(row) for row in rows if (row["metadata"] or {}).get("refund") == refund), None)


def get_note(id: str) -> Note:
    return _note(ask(lambda v1: v1.credit_notes.retrieve(id)))


def make_note(refund: str, bill: str, cents: int, key: str) -> Note:
    """Credit a part of a paid invoice and pay it back."""
    return _note(
        ask(
            lambda v1: v1.credit_notes.create(
                {"invoice": bill, "amount": cents, "refund_amount": cents, "metadata": {"refund": refund}},
                options(key),
            )
        )
    )


def find_note(refund: str, bill: str) -> Note | None:
    """Return the credit note that was made for a refund of ours, if there is one."""
    rows: Iterable[Json] = ask_all(lambda v1: v1.credit_notes.list({"invoice": bill, "limit": 100}))
    return next((_note(row) for row in rows if (row["metadata"] or {}).get("refund") == refund), None)


def _repayment(row: Json) -> Repayment:
    return Repayment(
        id=row["id"],
        status=row["status"] or "",
        reason=str(row.get("failure_reason") or row["status"] or "").replace("_", "-")[:40],
        cents=row["amount"],
        currency=row["currency"],
        payment=row["payment_intent"] or "",
        refund=(row.get("metadata") or {}).get("refund", ""),
    )


def _note(row: Json) -> Note:
    return Note(
        id=row["id"],
        refund=(row.get("metadata") or {}).get("refund", ""),
        repayments=tuple(each["refund"] for each in row.get("refunds") or [] if each.get("refund")),
    )
