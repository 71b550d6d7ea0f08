"""Tax ids and the billing address at Stripe: asked for each time they are shown, and never kept here."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from billing.models import BillingAccount
from billing.rail.client import Json, ask, ask_all

_LINES = ("line1", "line2", "postal_code", "city", "state", "country")


@dataclass(frozen=True, slots=True, repr=False)
class TaxId:
    kind: str  # eu_vat, us_ein, …
    value: str
    status: str  # verified, pending, unverified or unavailable


@dataclass(frozen=True, slots=True, repr=False)
class TaxDetails:
    name: str
    address: Sequence[str]
    ids: Sequence[TaxId]


def tax_details(organization_id: UUID) -> TaxDetails:
    """Return what stands on an organization's invoices at Stripe; nothing of who has bought nothing yet; RailError."""
    customer = BillingAccount.objects.values_list("stripe_customer", flat=True).filter(pk=organization_id).first()
    if not customer:
        return TaxDetails("", [], [])
    row = ask(lambda v1: v1.customers.retrieve(customer))
    ids = [_id(each) for each in ask_all(lambda v1: v1.customers.tax_ids.list(customer, {"limit": 100}))]
    address = row.get("address") or {}
    return TaxDetails(row.get("name") or "", [address[line] for line in _LINES if address.get(line)], ids)


def _id(row: Json) -> TaxId:
    return TaxId(row["type"], row["value"], (row.get("verification") or {}).get("status") or "")
