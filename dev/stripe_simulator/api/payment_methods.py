"""Payment methods. Card numbers never come by this way: pages take them, programs use Stripe's tokens."""

from collections.abc import Iterable

from dev.stripe_simulator.acts import payment_methods
from dev.stripe_simulator.api.call import Call, Endpoint, changed, metadata, unsupported
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json, no_such
from dev.stripe_simulator.parameters import need
from dev.stripe_simulator.world import World


def attach(world: World, call: Call) -> Json:
    need(call.params, "customer")
    world.store.get("customer", call.params["customer"], "customer")
    return payment_methods.attach(world, payment_methods.given(world, call.id, "id"), call.params["customer"])


def detach(world: World, call: Call) -> Json:
    return payment_methods.detach(world, world.store.get("payment_method", call.id))


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("payment_method", call.id)


def update(world: World, call: Call) -> Json:
    unsupported(call.params, "card", "us_bank_account", "link")
    method = world.store.get("payment_method", call.id)
    values: Json = {}
    if "metadata" in call.params:
        values["metadata"] = metadata(method["metadata"], call.params["metadata"])
    if "billing_details" in call.params:
        values["billing_details"] = {**method["billing_details"], **call.params["billing_details"]}
    world.emit("payment_method.updated", method, changed(method, **values))
    return method


def list_all(world: World, call: Call) -> Json:
    return listing(call, _of_type(world, call, call.get("customer")))


def of_customer(world: World, call: Call) -> Json:
    world.store.get("customer", call.id, "customer")
    return listing(call, _of_type(world, call, call.id))


def retrieve_of_customer(world: World, call: Call) -> Json:
    method = world.store.get("payment_method", call.ids["method"])
    if method["customer"] != call.id:
        raise no_such("payment_method", method["id"])
    return method


def _of_type(world: World, call: Call, customer: str | None) -> Iterable[Json]:
    found = world.store.where("payment_method", customer=customer) if customer else ()
    return (method for method in found if call.get("type") in (None, method["type"]))


ENDPOINTS = [
    Endpoint("GET", "/v1/payment_methods", "PaymentMethodListParams", list_all),
    Endpoint("GET", "/v1/payment_methods/{id}", "PaymentMethodRetrieveParams", retrieve),
    Endpoint("POST", "/v1/payment_methods/{id}", "PaymentMethodUpdateParams", update),
    Endpoint("POST", "/v1/payment_methods/{id}/attach", "PaymentMethodAttachParams", attach),
    Endpoint("POST", "/v1/payment_methods/{id}/detach", "PaymentMethodDetachParams", detach),
    Endpoint("GET", "/v1/customers/{id}/payment_methods", "CustomerPaymentMethodListParams", of_customer),
    Endpoint(
        "GET",
        "/v1/customers/{id}/payment_methods/{method}",
        "CustomerPaymentMethodRetrieveParams",
        retrieve_of_customer,
    ),
]
