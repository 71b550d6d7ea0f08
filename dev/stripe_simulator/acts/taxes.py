"""Tax as Stripe Tax adds it: a rate by country where the seller is registered; none with an EU VAT id."""

from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.world import World

_REVERSED = "eu_vat"


def tax(world: World, amount: int, customer: Json | None) -> int:
    """Return the tax in cents that is added to an amount; without a country, or a registration there, it is none."""
    country = country_of(customer)
    rate = world.taxes.get(country, 0)
    if not rate or not customer or customer.get("tax_exempt") != "none" or _is_reversed(world, customer):
        return 0
    return (amount * rate + 50) // 100


def country_of(customer: Json | None) -> str:
    address = (customer or {}).get("address") or {}
    return address.get("country") or ""


def shown(amount: int, taxable: int) -> list[Json]:
    """Return the `total_taxes` of an object."""
    if not amount:
        return []
    return [
        {
            "amount": amount,
            "tax_behavior": "exclusive",
            "tax_rate_details": {"tax_rate": "txr_simulator"},
            "taxability_reason": "standard_rated",
            "taxable_amount": taxable,
            "type": "tax_rate_details",
        }
    ]


def _is_reversed(world: World, customer: Json) -> bool:
    known = [*customer.get("tax_ids", []), *world.store.where("tax_id", customer=customer["id"])]
    return any(one["type"] == _REVERSED for one in known)
