"""Disputes, which only customers' banks make: see the control."""

from dev.stripe_simulator.acts import disputes
from dev.stripe_simulator.api.call import Call, Endpoint, changed, metadata
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.world import World


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("dispute", call.id)


def list_all(world: World, call: Call) -> Json:
    equal = {name: call.params[name] for name in ("charge", "payment_intent") if name in call.params}
    return listing(call, world.store.where("dispute", **equal))


def update(world: World, call: Call) -> Json:
    found = world.store.get("dispute", call.id)
    values: Json = {"evidence": {**found["evidence"], **(call.get("evidence") or {})}}
    if "metadata" in call.params:
        values["metadata"] = metadata(found["metadata"], call.params["metadata"])
    if call.get("evidence") and call.get("submit", True) and found["status"] == "needs_response":
        values["status"] = "under_review"
    world.emit("charge.dispute.updated", found, changed(found, **values))
    return found


def close(world: World, call: Call) -> Json:
    """Give in: the dispute is lost."""
    return disputes.close(world, world.store.get("dispute", call.id), won=False)


ENDPOINTS = [
    Endpoint("GET", "/v1/disputes", "DisputeListParams", list_all),
    Endpoint("GET", "/v1/disputes/{id}", "DisputeRetrieveParams", retrieve),
    Endpoint("POST", "/v1/disputes/{id}", "DisputeUpdateParams", update),
    Endpoint("POST", "/v1/disputes/{id}/close", "DisputeCloseParams", close),
]
