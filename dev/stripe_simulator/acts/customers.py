"""Customers, made by a program or by Checkout."""

from typing import Any

from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.store import new_id
from dev.stripe_simulator.world import World

PLAIN = ("email", "name", "phone", "description", "business_name", "individual_name")


def blank() -> Json:
    return {
        "address": None,
        "balance": 0,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "invoice_prefix": new_id("x")[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **dict.fromkeys(PLAIN),
    }


def make(world: World, **values: Any) -> Json:
    customer = world.make("customer", "cus", **{**blank(), **values})
    world.emit("customer.created", customer)
    return customer


def update(world: World, customer: Json, values: Json) -> None:
    """Set values, and tell of it if they are others than before."""
    before = {name: customer[name] for name, value in values.items() if customer[name] != value}
    customer.update(values)
    if before:
        world.emit("customer.updated", customer, before)
