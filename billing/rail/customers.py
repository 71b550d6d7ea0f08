"""Customers at Stripe: one an organization, known there by our id of it and nothing personal."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.rail.client import Json, ask, ask_all, options

_SKEW = timedelta(minutes=10)  # of the clocks, when something is looked for by its time


@dataclass(frozen=True, slots=True)
class Customer:
    id: str
    default_method: str  # "" for none
    is_deleted: bool


def make_customer(organization_id: str, key: str) -> Customer:
    return _customer(ask(lambda v1: v1.customers.create({"metadata": {"organization": organization_id}}, options(key))))


def find_customer(organization_id: str, since: datetime) -> Customer | None:
    """Return the customer that was made for an organization since then, if there is one."""
    for row in ask_all(lambda v1: v1.customers.list({"created": {"gte": window(since)}, "limit": 100})):
        if row["metadata"].get("organization") == organization_id:
            return _customer(row)
    return None


def delete_customer(id: str) -> None:
    """Delete a customer with their payment methods, address and tax ids; what they paid stays with Stripe."""
    ask(lambda v1: v1.customers.delete(id))


def get_customer(id: str) -> Customer:
    return _customer(ask(lambda v1: v1.customers.retrieve(id)))


def window(since: datetime) -> int:
    """Return the moment from which on something is looked for that was sent at `since`."""
    return int((since - _SKEW).timestamp())


def _customer(row: Json) -> Customer:
    return Customer(
        id=row["id"],
        default_method=(row.get("invoice_settings") or {}).get("default_payment_method") or "",
        is_deleted=bool(row.get("deleted")),
    )
