"""What a buyer types on a Checkout page, and what of it becomes the customer's."""

from dataclasses import dataclass, field

from dev.stripe_simulator.acts import customers, tax_ids, taxes
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.world import World


@dataclass(frozen=True, slots=True)
class Billing:
    """What was typed beside the card."""

    email: str = ""
    name: str = ""
    address: Json = field(default_factory=dict)
    tax_id: tuple[str, str] | None = None  # type and value


def review(world: World, session: Json, billing: Billing) -> None:
    """Take what was typed into the session, whose tax follows from it; a malformed tax id is refused."""
    if billing.tax_id:
        tax_ids.check(*billing.tax_id)
    known = world.store.find("customer", session["customer"]) or {}
    given = [{"type": billing.tax_id[0], "value": billing.tax_id[1]}] if billing.tax_id else []
    session["customer_details"] = {
        "address": billing.address or known.get("address"),
        "business_name": None,
        "email": billing.email or known.get("email"),
        "individual_name": None,
        "name": billing.name or known.get("name"),
        "phone": None,
        "tax_exempt": known.get("tax_exempt", "none"),
        "tax_ids": given,
    }
    if session["mode"] == "payment":
        add_up(world, session)


def add_up(world: World, session: Json) -> None:
    subtotal = sum(line["amount_subtotal"] for line in lines_of(world, session))
    tax = taxes.tax(world, subtotal, _taxed(world, session)) if session["automatic_tax"]["enabled"] else 0
    session.update(amount_subtotal=subtotal, amount_total=subtotal + tax)
    session["total_details"] = {"amount_discount": 0, "amount_shipping": 0, "amount_tax": tax}
    if session["automatic_tax"]["enabled"]:
        located = taxes.country_of(_taxed(world, session))
        session["automatic_tax"]["status"] = "complete" if located else "requires_location_inputs"


def lines_of(world: World, session: Json) -> list[Json]:
    lines: list[Json] = world.store.notes[session["id"]]["lines"]
    return lines


def customer_of(world: World, session: Json) -> Json | None:
    """Return the customer; where something needs one and none was given, it is made now."""
    if session["customer"]:
        return world.store.get("customer", session["customer"], "customer")
    data = world.store.notes[session["id"]]["payment_intent_data"]
    wanted = session["customer_creation"] == "always" or session["mode"] == "setup" or "setup_future_usage" in data
    if not wanted and not (session["invoice_creation"] or {}).get("enabled"):
        return None
    details = session["customer_details"]
    made = customers.make(world, **{name: details[name] for name in ("email", "name", "address")})
    session["customer"] = made["id"]
    return made


def take_over(world: World, session: Json) -> None:
    """Give the customer what was typed, as far as `customer_update` allows."""
    customer, details = world.store.find("customer", session["customer"]), session["customer_details"]
    if customer is None or not details:
        return
    allowed = world.store.notes[session["id"]]["customer_update"]
    values = {name: details[name] for name in ("address", "name") if allowed.get(name) == "auto" and details[name]}
    customers.update(world, customer, values)
    for given in details["tax_ids"]:
        if not any(world.store.where("tax_id", customer=customer["id"], **given)):
            tax_ids.add(world, customer, given["type"], given["value"])


def _taxed(world: World, session: Json) -> Json:
    """Return the customer as tax sees it: with what was typed."""
    known = world.store.find("customer", session["customer"]) or {"id": "", "tax_exempt": "none", "address": None}
    details = session["customer_details"] or {}
    address = details.get("address") or known["address"]
    return {**known, "address": address, "tax_ids": details.get("tax_ids", [])}
