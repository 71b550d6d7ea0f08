"""Payments: an intent and the charges that try it. What they were for is told in `acts/conclude.py`."""

from typing import Any

from dev.stripe_simulator.acts import disputes, money
from dev.stripe_simulator.acts.payment_methods import card_of, declined
from dev.stripe_simulator.cards import DECLINED, Card
from dev.stripe_simulator.errors import CARD, Json, StripeError
from dev.stripe_simulator.store import new_id
from dev.stripe_simulator.world import World

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
SETTLES_AFTER = 4 * 24 * 3600  # seconds; a bank account


def make(world: World, amount: int, customer: str | None, **values: Any) -> Json:
    intent = world.make(
        "payment_intent",
        "pi",
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        application=None,
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic_async",
        client_secret=None,
        confirmation_method="automatic",
        currency="usd",
        customer=customer,
        description=None,
        last_payment_error=None,
        latest_charge=None,
        metadata={},
        next_action=None,
        payment_method=None,
        payment_method_options={},
        payment_method_types=["card", "us_bank_account"],
        processing=None,
        receipt_email=None,
        setup_future_usage=None,
        shipping=None,
        statement_descriptor=None,
        statement_descriptor_suffix=None,
        status="requires_payment_method",
    )
    intent.update(values, client_secret=f"{intent['id']}_secret_{new_id('x')[2:]}")
    world.emit("payment_intent.created", intent)
    return intent


def confirm(world: World, intent: Json, method: Json, *, off_session: bool) -> StripeError | None:
    """Try to take the money. Return the refusal, after everything about it has been noted."""
    if intent["status"] not in OPEN:
        raise unexpected(intent, "confirm")
    card = card_of(world, method)
    intent.update(payment_method=method["id"], last_payment_error=None, next_action=None)
    if _asks_for_authentication(world, card, method):
        if off_session:
            return _fail(world, intent, method, "authentication_required")
        _ask_for_authentication(world, intent)
        return None
    return charge(world, intent, method)


def charge(world: World, intent: Json, method: Json) -> StripeError | None:
    card = card_of(world, method)
    if card.settles:
        _process(world, intent, method)
        return None
    if card.decline:
        return _fail(world, intent, method, card.decline)
    _succeed(world, intent, _charge(world, intent, method, "succeeded"))
    return None


def authenticate(world: World, intent: Json, *, approved: bool) -> StripeError | None:
    """Go on after the page of 3-D Secure."""
    if intent["status"] != "requires_action":
        raise unexpected(intent, "authenticate")
    method = world.store.get("payment_method", intent["payment_method"])
    intent["next_action"] = None
    if approved:
        world.store.note(method["id"], authenticated=True)
        return charge(world, intent, method)
    message = "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
    message += "PaymentMethod to attempt to fulfill this PaymentIntent again."
    code = "payment_intent_authentication_failure"
    return _note_failure(world, intent, method, StripeError(message, status=402, type=CARD, code=code))


def settle(world: World, intent: Json, *, succeeds: bool) -> None:
    """End what was processing."""
    if intent["status"] != "processing":
        raise unexpected(intent, "settle")
    made = world.store.get("charge", intent["latest_charge"])
    method = world.store.get("payment_method", intent["payment_method"])
    if succeeds:
        made.update(status="succeeded", paid=True)
        _succeed(world, intent, made)
        return
    message = "Your bank account has insufficient funds."
    made.update(status="failed", failure_code="insufficient_funds", failure_message=message)
    world.emit("charge.failed", made)
    error = StripeError(message, status=402, type=CARD, code="payment_method_insufficient_funds")
    _note_failure(world, intent, method, error)


def cancel(world: World, intent: Json, reason: str | None) -> Json:
    if intent["status"] not in OPEN:
        raise unexpected(intent, "cancel")
    intent.update(status="canceled", canceled_at=world.now(), cancellation_reason=reason, next_action=None)
    world.emit("payment_intent.canceled", intent)
    return intent


def unexpected(intent: Json, verb: str) -> StripeError:
    text = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
    return StripeError(text, code="payment_intent_unexpected_state", payment_intent=dict(intent))


def _asks_for_authentication(world: World, card: Card, method: Json) -> bool:
    known = world.store.notes[method["id"]].get("authenticated", False)
    return card.authentication == "always" or (card.authentication == "once" and not known)


def _ask_for_authentication(world: World, intent: Json) -> None:
    to = {"url": f"{world.url}/3ds/{intent['id']}", "return_url": None}
    intent.update(status="requires_action", next_action={"type": "redirect_to_url", "redirect_to_url": to})
    world.emit("payment_intent.requires_action", intent)


def _process(world: World, intent: Json, method: Json) -> None:
    made = _charge(world, intent, method, "pending")
    world.emit("charge.pending", made)
    intent["status"] = "processing"
    world.store.note(intent["id"], settles=world.now() + SETTLES_AFTER)
    world.emit("payment_intent.processing", intent)


def _succeed(world: World, intent: Json, made: Json) -> None:
    kind = made["payment_method_details"]["type"]
    fee = money.charge_fee(made["amount"], kind)
    entry = "charge" if kind == "card" else "payment"
    moved = money.move(world, entry, made["amount"], made, fee=fee, description=made["description"])
    made.update(balance_transaction=moved["id"], amount_captured=made["amount"], captured=True)
    intent.update(status="succeeded", amount_received=intent["amount"])
    world.emit("charge.succeeded", made)
    world.emit("payment_intent.succeeded", intent)
    if card_of(world, world.store.get("payment_method", made["payment_method"])).disputed:
        disputes.dispute(world, made)


def _fail(world: World, intent: Json, method: Json, decline: str) -> StripeError:
    made = _charge(world, intent, method, "failed")
    code, message = DECLINED[decline]
    outcome = {**made["outcome"], "network_status": "declined_by_network", "reason": decline, "type": "issuer_declined"}
    made.update(failure_code=code, failure_message=message, outcome=outcome)
    world.emit("charge.failed", made)
    return _note_failure(world, intent, method, declined(decline, charge=made["id"]))


def _note_failure(world: World, intent: Json, method: Json, error: StripeError) -> StripeError:
    intent.update(status="requires_payment_method", payment_method=None)
    intent["last_payment_error"] = {**error.said, "payment_method": dict(method)}
    world.emit("payment_intent.payment_failed", intent)
    error.said.update(payment_intent=dict(intent), payment_method=dict(method))
    return error


def _charge(world: World, intent: Json, method: Json, status: str) -> Json:
    kind = method["type"]
    made = world.make(
        "charge",
        "ch" if kind == "card" else "py",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        balance_transaction=None,
        billing_details=dict(method["billing_details"]),
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        fraud_details={},
        metadata=dict(intent["metadata"]),
        outcome=dict(_OUTCOME),
        paid=status == "succeeded",
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": kind, kind: dict(method[kind])},
        receipt_email=intent["receipt_email"],
        receipt_number=None,
        receipt_url="",
        refunded=False,
        statement_descriptor=None,
        status=status,
    )
    made["receipt_url"] = f"{world.url}/receipts/{made['id']}"
    intent["latest_charge"] = made["id"]
    return made


_OUTCOME = {
    "advice_code": None,
    "network_advice_code": None,
    "network_decline_code": None,
    "network_status": "approved_by_network",
    "reason": None,
    "risk_level": "normal",
    "risk_score": 12,
    "seller_message": "Payment complete.",
    "type": "authorized",
}
