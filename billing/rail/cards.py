"""Payment methods at Stripe. They are asked for each time they are shown, and nothing of them is kept here."""

from dataclasses import dataclass
from uuid import UUID

from billing.models import BillingAccount
from billing.rail.client import Json, ask_all
from billing.rail.customers import get_customer


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    id: str
    kind: str  # card, us_bank_account, …
    brand: str
    last4: str
    expires: tuple[int, int] | None  # year and month, of a card
    is_default: bool


def payment_methods(organization_id: UUID) -> list[PaymentMethod]:
    """Return an organization's payment methods, the one that auto-recharge uses first; RailError."""
    customer = BillingAccount.objects.values_list("stripe_customer", flat=True).filter(pk=organization_id).first()
    return methods_of(customer) if customer else []


def methods_of(customer: str) -> list[PaymentMethod]:
    """Return a customer's payment methods: the default first, then the newest."""
    default = get_customer(customer).default_method
    rows = list(ask_all(lambda v1: v1.payment_methods.list({"customer": customer, "limit": 100})))
    return sorted((_method(row, default) for row in rows), key=lambda method: not method.is_default)


def _method(row: Json, default: str) -> PaymentMethod:
    about = row.get(row["type"]) or {}
    expires = (about["exp_year"], about["exp_month"]) if "exp_year" in about else None
    return PaymentMethod(
        id=row["id"],
        kind=row["type"],
        brand=about.get("display_brand") or about.get("brand") or about.get("bank_name") or "",
        last4=about.get("last4") or "",
        expires=expires,
        is_default=row["id"] == default,
    )
