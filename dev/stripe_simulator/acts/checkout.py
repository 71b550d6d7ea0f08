"""Checkout sessions: what a browser does on their page, and how they end."""

from dataclasses import dataclass, field

from dev.stripe_simulator import cards
from dev.stripe_simulator.acts import invoices, payment_methods, payments, setups, tax_ids, taxes
from dev.stripe_simulator.cards import Card
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.world import World


@dataclass(frozen=True, slots=True)
class Billing:
    """What the buyer typed beside the card."""

    email: str = ""
    name: str = ""
    address: Json = field(default_factory=dict)
    tax_id: tuple[str, str] | None = None  # type and value


def submit(world: World, session: Json, card: Card, billing: Billing) -> StripeError | None:
    """Pay, or save the card. Return the refusal; the session stays open after one."""
    if session["status"] != "open":
        raise StripeError(f"This Checkout Session is {session['status']}.")
    customer = _customer(world, session, billing)
    _note_details(world, session, customer, billing)
    method = payment_methods.make(world, card, {"email": billing.email or None, "address": billing.address or None})
    if session["mode"] == "setup":
        intent = world.store.get("setup_intent", session["setup_intent"])
        error = setups.confirm(world, intent, method)
    else:
        intent = _payment(world, session, customer)
        error = payments.confirm(world, intent, method, off_session=False)
    conclude(world, session, intent)
    return error


def conclude(world: World, session: Json, intent: Json) -> None:
    """Note on the session what became of its intent."""
    if intent["object"] == "setup_intent":
        if intent["status"] == "succeeded" and session["status"] == "open":
            _complete(world, session, "no_payment_required")
        return
    if intent["status"] == "processing" and session["status"] == "open":
        _complete(world, session, "unpaid")
    elif intent["status"] == "succeeded":
        _save_method(world, intent)
        _invoice(world, session, intent)
        if session["status"] == "open":
            _complete(world, session, "paid")
        else:
            session["payment_status"] = "paid"
            world.emit("checkout.session.async_payment_succeeded", session)
    elif intent["status"] == "requires_payment_method" and session["status"] == "complete":
        world.emit("checkout.session.async_payment_failed", session)


def expire(world: World, session: Json) -> Json:
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}."
        )
    session.update(status="expired", url=None)
    if session["payment_intent"]:
        intent = world.store.get("payment_intent", session["payment_intent"])
        if intent["status"] in payments.OPEN:
            payments.cancel(world, intent, "expired")
    world.emit("checkout.session.expired", session)
    return session


def of_intent(world: World, intent: Json) -> Json | None:
    name = intent["object"]
    return next(world.store.where("checkout.session", **{name: intent["id"]}), None)


def add_up(world: World, session: Json, customer: Json | None) -> None:
    subtotal = sum(line["amount_subtotal"] for line in lines_of(world, session))
    tax = taxes.tax(world, subtotal, customer) if session["automatic_tax"]["enabled"] else 0
    session.update(amount_subtotal=subtotal, amount_total=subtotal + tax)
    session["total_details"] = {"amount_discount": 0, "amount_shipping": 0, "amount_tax": tax}


def lines_of(world: World, session: Json) -> list[Json]:
    lines: list[Json] = world.store.notes[session["id"]]["lines"]
    return lines


def return_address(session: Json) -> str:
    return (session["success_url"] or "").replace("{CHECKOUT_SESSION_ID}", session["id"])


def card_of(choice: str, typed: str) -> Card:
    """Return the card that was picked, or typed; a typed number is forgotten here."""
    return cards.by_number(typed) if typed.strip() else cards.by_token(choice)


def _complete(world: World, session: Json, payment_status: str) -> None:
    session.update(status="complete", payment_status=payment_status, url=None)
    world.emit("checkout.session.completed", session)


def _customer(world: World, session: Json, billing: Billing) -> Json | None:
    if session["customer"]:
        return world.store.get("customer", session["customer"], "customer")
    return None


def _note_details(world: World, session: Json, customer: Json | None, billing: Billing) -> None:
    """Take over to the customer what `customer_update` allows."""
    asked = world.store.notes[session["id"]]["customer_update"]
    if customer is not None:
        if billing.tax_id and session["tax_id_collection"]["enabled"]:
            tax_ids.add(world, customer, *billing.tax_id)
        changes: Json = {}
        if billing.address and asked.get("address") == "auto":
            changes["address"] = billing.address
        if billing.name and asked.get("name") == "auto":
            changes["name"] = billing.name
        before = {name: customer[name] for name in changes}
        customer.update(changes)
        if changes and before != changes:
            world.emit("customer.updated", customer, before)
    session["customer_details"] = _details(billing, customer)
    add_up(world, session, customer or {"id": "", "address": billing.address, "tax_exempt": "none"})


def _details(billing: Billing, customer: Json | None) -> Json:
    known = customer or {}
    given = [{"type": billing.tax_id[0], "value": billing.tax_id[1]}] if billing.tax_id else []
    return {
        "address": billing.address or known.get("address"),
        "business_name": None,
        "email": billing.email or known.get("email"),
        "individual_name": None,
        "name": billing.name or known.get("name"),
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": given,
    }


def _payment(world: World, session: Json, customer: Json | None) -> Json:
    if session["payment_intent"]:
        intent = world.store.get("payment_intent", session["payment_intent"])
        intent["amount"] = session["amount_total"]
        return intent
    values = world.store.notes[session["id"]]["payment_intent_data"]
    intent = payments.make(world, session["amount_total"], customer["id"] if customer else None, **values)
    session["payment_intent"] = intent["id"]
    return intent


def _save_method(world: World, intent: Json) -> None:
    method = world.store.get("payment_method", intent["payment_method"])
    if intent["setup_future_usage"] and intent["customer"] and method["customer"] is None:
        method["customer"] = intent["customer"]
        world.emit("payment_method.attached", method)


def _invoice(world: World, session: Json, intent: Json) -> None:
    creation = session["invoice_creation"]
    if not creation or not creation["enabled"] or session["invoice"] or not intent["customer"]:
        return
    data = creation["invoice_data"]
    customer = world.store.get("customer", intent["customer"])
    invoice = invoices.make(
        world,
        customer,
        automatic_tax={**session["automatic_tax"], "disabled_reason": None},
        description=data["description"],
        footer=data["footer"],
        metadata=dict(data["metadata"] or {}),
    )
    for line in lines_of(world, session):
        invoices.add_line(world, invoice, line["amount_subtotal"], line["description"])
    invoices.add_payment(world, invoice, intent)
    session["invoice"] = invoice["id"]
    invoices.finalize(world, invoice)
    if invoice["status"] == "open":
        invoices.mark_paid(world, invoice)
