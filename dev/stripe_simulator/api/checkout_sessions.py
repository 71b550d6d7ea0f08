"""Checkout sessions of mode payment and setup."""

from collections.abc import Iterator

from dev.stripe_simulator.acts import buyers, checkout, setups, taxes
from dev.stripe_simulator.amounts import LEAST, charged, currency, most
from dev.stripe_simulator.api.call import Call, Endpoint, metadata, unsupported
from dev.stripe_simulator.api.checkout_shape import blank, enabled, methods
from dev.stripe_simulator.api.listing import listed, listing
from dev.stripe_simulator.errors import Json, StripeError, invalid
from dev.stripe_simulator.parameters import need, only_one
from dev.stripe_simulator.store import new_id
from dev.stripe_simulator.world import World

_OTHER = (
    "adaptive_pricing",
    "after_expiration",
    "allow_promotion_codes",
    "custom_fields",
    "discounts",
    "optional_items",
    "payment_method_configuration",
    "phone_number_collection",
    "shipping_address_collection",
    "shipping_options",
    "subscription_data",
)
SOONEST, LATEST = 30 * 60, 24 * 3600  # seconds after which a session expires


def create(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER)
    need(call.params, "mode", "success_url")
    _check(call)
    customer = _customer(world, call)
    lines = [_line(line, place) for place, line in enumerate(call.get("line_items", []))]
    noted = {"lines": lines, "customer_update": call.get("customer_update", {}), "payment_intent_data": _data(call)}
    if call.params["mode"] == "payment":
        _check_total(lines)
    whole = {**blank(call), "customer": customer["id"] if customer else None, "expires_at": _expiry(world, call)}
    session = world.make("checkout.session", "cs_test", **whole)
    world.store.note(session["id"], **noted)
    session["url"] = f"{world.url}/c/pay/{session['id']}"
    if session["mode"] == "payment":
        buyers.add_up(world, session)
    else:
        data = call.get("setup_intent_data", {})
        intent = setups.make(world, session["customer"], metadata=metadata({}, data.get("metadata")))
        session["setup_intent"] = intent["id"]
    return session


def _check(call: Call) -> None:
    _check_mode(call)
    if "customer_email" in call.params:
        only_one(call.params, "customer", "customer_email")
    for address in ("success_url", "cancel_url"):
        if address in call.params and not call.params[address].startswith(("http://", "https://")):
            raise invalid("Not a valid URL", address, "url_invalid")
    if not methods(call):
        raise invalid("No payment method that this account has is left.", "allowed_payment_method_types")


def _check_mode(call: Call) -> None:
    mode = call.params["mode"]
    if mode == "subscription":
        unsupported(call.params, "mode")
    if mode == "payment":
        need(call.params, "line_items")
        unsupported(call.params, "setup_intent_data")
        return
    for name in ("line_items", "payment_intent_data", "invoice_creation"):
        if name in call.params:
            raise invalid(f"You can not pass `{name}` in `setup` mode.", name)
    if "customer" not in call.params:
        need(call.params, "currency")


def _customer(world: World, call: Call) -> Json | None:
    """Return the customer, whom tax and tax ids need to be changeable by the page."""
    updates = call.get("customer_update", {})
    if not call.get("customer"):
        if updates:
            raise invalid("`customer_update` can only be used with `customer`.", "customer_update")
        return None
    customer = world.store.get("customer", call.params["customer"], "customer")
    if enabled(call, "tax_id_collection") and updates.get("name") != "auto":
        text = "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an "
        text += "existing customer, please set `customer_update[name]` to `auto`."
        raise invalid(text, "tax_id_collection[enabled]")
    if enabled(call, "automatic_tax") and updates.get("address") != "auto" and not taxes.country_of(customer):
        text = "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to "
        text += "the Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to "
        text += "'auto' to save the address entered in Checkout to the Customer."
        raise StripeError(text, code="customer_tax_location_invalid", param="automatic_tax")
    return customer


def _line(given: Json, place: int) -> Json:
    at = f"line_items[{place}]"
    unsupported(given, "price", "tax_rates", "adjustable_quantity")
    if "price_data" not in given:
        raise invalid(f"Missing required param: {at}[price_data].", f"{at}[price_data]", "parameter_missing")
    price, quantity = given["price_data"], given.get("quantity", 1)
    unsupported(price, "product", "recurring", "unit_amount_decimal")
    if "unit_amount" not in price or "product_data" not in price:
        name = f"{at}[price_data][{'unit_amount' if 'unit_amount' not in price else 'product_data'}]"
        raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
    if price["unit_amount"] < 0 or quantity < 1:
        name = f"{at}[price_data][unit_amount]" if price["unit_amount"] < 0 else f"{at}[quantity]"
        raise invalid("Invalid non-negative integer", name, "parameter_invalid_integer")
    amount = most(price["unit_amount"] * quantity, f"{at}[price_data][unit_amount]")
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency(price["currency"], f"{at}[price_data][currency]"),
        "description": price["product_data"]["name"],
        "discounts": [],
        "metadata": given.get("metadata") or {},
        "price": _price(price),
        "quantity": quantity,
        "taxes": [],
    }


def _price(price: Json) -> Json:
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "currency": price["currency"],
        "livemode": False,
        "metadata": {},
        "product": new_id("prod"),
        "type": "one_time",
        "unit_amount": price["unit_amount"],
        "unit_amount_decimal": str(price["unit_amount"]),
    }


def _data(call: Call) -> Json:
    data = dict(call.get("payment_intent_data", {}))
    unsupported(data, "application_fee_amount", "capture_method", "on_behalf_of", "transfer_data", "transfer_group")
    data["metadata"] = metadata({}, data.get("metadata"))
    return data


def _expiry(world: World, call: Call) -> int:
    at: int = call.get("expires_at", 0)
    # Whoever asks was not moved ahead with our clock: the moment that they name counts from theirs.
    at = at + int(world.clock.ahead) if at else world.now() + LATEST
    # A minute of leave, as Stripe gives it to clocks that differ.
    if not world.now() + SOONEST - 60 <= at <= world.now() + LATEST + 60:
        text = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise invalid(text, "expires_at")
    return at


def _check_total(lines: list[Json]) -> None:
    try:
        charged(sum(line["amount_subtotal"] for line in lines), "line_items")
    except StripeError as error:
        if error.code == "amount_too_large":
            raise
        text = f"The Checkout Session's total amount due must add up to at least ${LEAST / 100:.2f} usd"
        raise invalid(text, "line_items", "amount_too_small") from error


def expire(world: World, call: Call) -> Json:
    return checkout.expire(world, world.store.get("checkout.session", call.id))


def update(world: World, call: Call) -> Json:
    unsupported(call.params, "collected_information", "line_items", "shipping_options", "payment_intent_data")
    session = world.store.get("checkout.session", call.id)
    session["metadata"] = metadata(session["metadata"], call.get("metadata"))
    return session


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("checkout.session", call.id)


def list_all(world: World, call: Call) -> Json:
    unsupported(call.params, "payment_link", "subscription")
    return listing(call, _rows(world, call))


def _rows(world: World, call: Call) -> Iterator[Json]:
    equal = {name: call.params[name] for name in ("customer", "payment_intent", "status") if name in call.params}
    email = call.get("customer_details", {}).get("email")
    for session in world.store.where("checkout.session", **equal):
        if email in (None, (session["customer_details"] or {}).get("email")):
            yield session


def lines(world: World, call: Call) -> Json:
    found = buyers.lines_of(world, world.store.get("checkout.session", call.id))
    return listing(call, reversed(found))


def lines_of(world: World, session: Json) -> Json:
    """Return what `expand[]=line_items` shows."""
    return listed(buyers.lines_of(world, session), f"/v1/checkout/sessions/{session['id']}/line_items")


_ONE = "/v1/checkout/sessions/{id}"
ENDPOINTS = [
    Endpoint("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams", create),
    Endpoint("GET", "/v1/checkout/sessions", "checkout.SessionListParams", list_all),
    Endpoint("GET", _ONE, "checkout.SessionRetrieveParams", retrieve),
    Endpoint("POST", _ONE, "checkout.SessionUpdateParams", update),
    Endpoint("POST", f"{_ONE}/expire", "checkout.SessionExpireParams", expire),
    Endpoint("GET", f"{_ONE}/line_items", "checkout.SessionLineItemListParams", lines),
]
