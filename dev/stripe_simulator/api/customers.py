"""Customers. A deleted one stays known by its id and can do nothing."""

from dev.stripe_simulator.acts import customers, payment_methods, tax_ids
from dev.stripe_simulator.api.call import Call, Endpoint, metadata, unsupported
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json, invalid
from dev.stripe_simulator.world import World

_OTHER = ("cash_balance", "source", "default_source", "tax", "test_clock", "next_invoice_sequence", "invoice_prefix")
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def create(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER, "balance", "payment_method")
    given = call.get("tax_id_data", [])
    for one in given:
        tax_ids.check(one["type"], one["value"])
    customer = customers.make(world, **_values(world, {"id": "", **customers.blank()}, call.params))
    for one in given:
        tax_ids.add(world, customer, one["type"], one["value"])
    return customer


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("customer", call.id)


def update(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER, "balance")
    customer = world.store.get("customer", call.id)
    customers.update(world, customer, _values(world, customer, call.params))
    return customer


def delete(world: World, call: Call) -> Json:
    customer = world.store.get("customer", call.id)
    for method in list(world.store.where("payment_method", customer=call.id)):
        payment_methods.detach(world, method)
    world.emit("customer.deleted", customer)
    customer.clear()
    customer.update(id=call.id, object="customer", deleted=True)
    return customer


def list_all(world: World, call: Call) -> Json:
    email = call.get("email")
    return listing(call, (one for one in world.store.where("customer") if email in (None, one["email"])))


def _values(world: World, customer: Json, given: Json) -> Json:
    """Return what a request changes; an empty text unsets."""
    values = {name: given[name] or None for name in (*customers.PLAIN, "shipping") if name in given}
    if "email" in given and given["email"] and "@" not in given["email"]:
        raise invalid(f"Invalid email address: {given['email']}", "email", "email_invalid")
    if "address" in given:
        values["address"] = address(given["address"])
    if "metadata" in given:
        values["metadata"] = metadata(customer["metadata"], given["metadata"])
    for name in ("preferred_locales", "tax_exempt"):
        if name in given:
            values[name] = given[name] or "none"
    if "invoice_settings" in given:
        values["invoice_settings"] = _invoice_settings(world, customer, given["invoice_settings"])
    return values


def address(given: Json) -> Json | None:
    if not given:
        return None
    country = given.get("country")
    if country and (len(country) != 2 or not country.isalpha()):
        raise invalid(f"Country '{country}' is unknown.", "address[country]")
    return {name: given.get(name) for name in _ADDRESS}


def _invoice_settings(world: World, customer: Json, given: Json) -> Json:
    unsupported(given, "custom_fields", "rendering_options")
    settings: Json = {**customer["invoice_settings"], **{name: value or None for name, value in given.items()}}
    if method := given.get("default_payment_method"):
        payment_methods.of_customer(world, method, customer["id"], "invoice_settings[default_payment_method]")
    return settings


ENDPOINTS = [
    Endpoint("POST", "/v1/customers", "CustomerCreateParams", create),
    Endpoint("GET", "/v1/customers", "CustomerListParams", list_all),
    Endpoint("GET", "/v1/customers/{id}", "CustomerRetrieveParams", retrieve),
    Endpoint("POST", "/v1/customers/{id}", "CustomerUpdateParams", update),
    Endpoint("DELETE", "/v1/customers/{id}", "CustomerDeleteParams", delete),
]
