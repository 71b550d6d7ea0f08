"""Refunds of charges."""

from dev.stripe_simulator.acts import refunds
from dev.stripe_simulator.api.call import Call, Endpoint, changed, metadata, unsupported
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.parameters import only_one
from dev.stripe_simulator.world import World


def create(world: World, call: Call) -> Json:
    unsupported(call.params, "origin", "refund_application_fee", "reverse_transfer", "customer", "currency")
    charge = _charge(world, call)
    return refunds.refund(
        world,
        charge,
        call.get("amount"),
        reason=call.get("reason"),
        metadata=metadata({}, call.get("metadata")),
    )


def _charge(world: World, call: Call) -> Json:
    if only_one(call.params, "charge", "payment_intent") == "charge":
        return world.store.get("charge", call.params["charge"], "charge")
    intent = world.store.get("payment_intent", call.params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        text = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise StripeError(text, param="payment_intent")
    return world.store.get("charge", intent["latest_charge"])


def update(world: World, call: Call) -> Json:
    refund = world.store.get("refund", call.id)
    if "metadata" in call.params:
        changed(refund, metadata=metadata(refund["metadata"], call.params["metadata"]))
        world.emit("refund.updated", refund, {})
    return refund


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("refund", call.id)


def list_all(world: World, call: Call) -> Json:
    equal = {name: call.params[name] for name in ("charge", "payment_intent") if name in call.params}
    return listing(call, world.store.where("refund", **equal))


ENDPOINTS = [
    Endpoint("POST", "/v1/refunds", "RefundCreateParams", create),
    Endpoint("GET", "/v1/refunds", "RefundListParams", list_all),
    Endpoint("GET", "/v1/refunds/{id}", "RefundRetrieveParams", retrieve),
    Endpoint("POST", "/v1/refunds/{id}", "RefundUpdateParams", update),
]
