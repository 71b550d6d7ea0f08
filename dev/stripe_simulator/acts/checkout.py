"""Checkout sessions: what a browser does on their page, and how they end."""

from dev.stripe_simulator import cards
from dev.stripe_simulator.acts import buyers, invoices, payment_methods, payments, setups
from dev.stripe_simulator.acts.buyers import Billing, lines_of
from dev.stripe_simulator.cards import Card
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.world import World


def submit(world: World, session: Json, card: Card, billing: Billing) -> StripeError | None:
    """Pay, or save the card. Return the refusal; the session stays open after one."""
    if session["status"] != "open":
        raise StripeError(f"This Checkout Session is {session['status']}.")
    if card.kind not in session["payment_method_types"]:
        raise StripeError(f"This Checkout Session does not take {card.kind}.")
    buyers.review(world, session, billing)
    customer = buyers.customer_of(world, session)
    method = payment_methods.make(world, card, {"email": billing.email or None, "address": billing.address or None})
    if session["mode"] == "setup":
        intent = world.store.get("setup_intent", session["setup_intent"])
        intent["customer"] = customer["id"] if customer else None
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
    elif intent["status"] == "processing" and session["status"] == "open":
        _complete(world, session, "unpaid")
    elif intent["status"] == "succeeded":
        _paid(world, session, intent)
    elif intent["status"] == "requires_payment_method" and session["status"] == "complete":
        world.emit("checkout.session.async_payment_failed", session)


def expire(world: World, session: Json) -> Json:
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}."
        )
    session.update(status="expired", url=None)
    for kind, act in (("payment_intent", payments), ("setup_intent", setups)):
        intent = world.store.find(kind, session[kind])
        if intent and intent["status"] in act.OPEN:
            act.cancel(world, intent, "abandoned" if kind == "setup_intent" else "expired")
    world.emit("checkout.session.expired", session)
    return session


def of_intent(world: World, intent: Json) -> Json | None:
    return next(world.store.where("checkout.session", **{intent["object"]: intent["id"]}), None)


def return_address(session: Json) -> str:
    return (session["success_url"] or "").replace("{CHECKOUT_SESSION_ID}", session["id"])


def card_of(choice: str, typed: str) -> Card:
    """Return the card that was picked, or typed; a typed number is forgotten here."""
    return cards.by_number(typed) if typed.strip() else cards.by_token(choice)


def _complete(world: World, session: Json, payment_status: str) -> None:
    session.update(status="complete", payment_status=payment_status, url=None)
    buyers.take_over(world, session)
    world.emit("checkout.session.completed", session)


def _paid(world: World, session: Json, intent: Json) -> None:
    _save_method(world, intent)
    if session["status"] == "open":
        buyers.take_over(world, session)
        _invoice(world, session, intent)
        _complete(world, session, "paid")
    else:
        _invoice(world, session, intent)
        session["payment_status"] = "paid"
        world.emit("checkout.session.async_payment_succeeded", session)


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
