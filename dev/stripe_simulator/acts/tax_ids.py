"""Tax ids of customers; their form is checked, nobody is asked about them."""

import re

from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.world import World

_FORMS = {
    "eu_vat": r"[A-Z]{2}[A-Z0-9]{2,13}",
    "gb_vat": r"(GB)?(\d{9}|\d{12})",
    "us_ein": r"\d{2}-?\d{7}",
    "ch_vat": r"CHE-?\d{3}\.?\d{3}\.?\d{3} ?(MWST|TVA|IVA)",
    "au_abn": r"\d{11}",
    "ca_bn": r"\d{9}(RT\d{4})?",
}
OFFERED = tuple(_FORMS)
MOST = 5  # of a customer


def check(type: str, value: str) -> None:
    if not re.fullmatch(_FORMS.get(type, r".{2,30}"), value):
        raise StripeError(f"Invalid value for {type}.", code="tax_id_invalid", param="value")


def add(world: World, customer: Json, type: str, value: str) -> Json:
    check(type, value)
    if len(list(world.store.where("tax_id", customer=customer["id"]))) >= MOST:
        raise StripeError(f"A customer can have at most {MOST} tax IDs.", param="value")
    made = world.make(
        "tax_id",
        "txi",
        country=value[:2] if type == "eu_vat" else type[:2].upper(),
        customer=customer["id"],
        owner={"type": "customer", "customer": customer["id"]},
        type=type,
        value=value,
        verification={"status": "pending", "verified_address": None, "verified_name": None},
    )
    world.emit("customer.tax_id.created", made)
    made["verification"] = {**made["verification"], "status": "verified"}
    world.emit("customer.tax_id.updated", made, {"verification": {"status": "pending"}})
    return made


def remove(world: World, found: Json) -> Json:
    world.store.remove(found)
    world.emit("customer.tax_id.deleted", found)
    return {"id": found["id"], "object": "tax_id", "deleted": True}
