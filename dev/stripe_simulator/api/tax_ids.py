"""Tax ids of a customer."""

from dev.stripe_simulator.acts import tax_ids
from dev.stripe_simulator.api.call import Call, Endpoint
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.world import World


def create(world: World, call: Call) -> Json:
    customer = world.store.get("customer", call.id, "customer")
    return tax_ids.add(world, customer, call.params["type"], call.params["value"])


def retrieve(world: World, call: Call) -> Json:
    found = world.store.get("tax_id", call.ids["tax_id"])
    if found["customer"] != call.id:
        raise StripeError(f"No such tax_id: '{found['id']}'", status=404, code="resource_missing", param="id")
    return found


def delete(world: World, call: Call) -> Json:
    return tax_ids.remove(world, retrieve(world, call))


def list_all(world: World, call: Call) -> Json:
    world.store.get("customer", call.id)
    return listing(call, world.store.where("tax_id", customer=call.id))


_PATH = "/v1/customers/{id}/tax_ids"
ENDPOINTS = [
    Endpoint("POST", _PATH, "CustomerTaxIdCreateParams", create),
    Endpoint("GET", _PATH, "CustomerTaxIdListParams", list_all),
    Endpoint("GET", f"{_PATH}/{{tax_id}}", "CustomerTaxIdRetrieveParams", retrieve),
    Endpoint("DELETE", f"{_PATH}/{{tax_id}}", "CustomerTaxIdDeleteParams", delete),
]
