"""Charges, which only payments make."""

from dev.stripe_simulator.api.call import Call, Endpoint
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.world import World


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("charge", call.id)


def list_all(world: World, call: Call) -> Json:
    equal = {name: call.params[name] for name in ("customer", "payment_intent") if name in call.params}
    return listing(call, world.store.where("charge", **equal))


ENDPOINTS = [
    Endpoint("GET", "/v1/charges", "ChargeListParams", list_all),
    Endpoint("GET", "/v1/charges/{id}", "ChargeRetrieveParams", retrieve),
]
