"""Setups: saving a payment method without a payment."""

from typing import Any

from dev.stripe_simulator.acts import payment_methods
from dev.stripe_simulator.errors import CARD, Json, StripeError
from dev.stripe_simulator.store import new_id
from dev.stripe_simulator.world import World

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def make(world: World, customer: str | None, **values: Any) -> Json:
    intent = world.make(
        "setup_intent",
        "seti",
        application=None,
        automatic_payment_methods=None,
        cancellation_reason=None,
        client_secret=None,
        customer=customer,
        description=None,
        last_setup_error=None,
        latest_attempt=None,
        mandate=None,
        metadata={},
        next_action=None,
        payment_method=None,
        payment_method_options={},
        payment_method_types=["card"],
        single_use_mandate=None,
        status="requires_payment_method",
        usage="off_session",
    )
    intent.update(values, client_secret=f"{intent['id']}_secret_{new_id('x')[2:]}")
    world.emit("setup_intent.created", intent)
    return intent


def confirm(world: World, intent: Json, method: Json) -> StripeError | None:
    """Try to save the method. Return the refusal, after it has been noted."""
    if intent["status"] not in OPEN:
        raise unexpected(intent, "confirm")
    card = payment_methods.card_of(world, method)
    intent.update(payment_method=method["id"], last_setup_error=None)
    if card.refused_at_setup:
        return _fail(world, intent, payment_methods.declined(card.decline))
    if card.authentication:
        to = {"url": f"{world.url}/3ds/{intent['id']}", "return_url": None}
        intent.update(status="requires_action", next_action={"type": "redirect_to_url", "redirect_to_url": to})
        world.emit("setup_intent.requires_action", intent)
        return None
    _succeed(world, intent, method)
    return None


def authenticate(world: World, intent: Json, *, approved: bool) -> StripeError | None:
    if intent["status"] != "requires_action":
        raise unexpected(intent, "authenticate")
    method = world.store.get("payment_method", intent["payment_method"])
    intent["next_action"] = None
    if approved:
        world.store.note(method["id"], authenticated=True)
        _succeed(world, intent, method)
        return None
    text = "The latest attempt to set up the payment method has failed because authentication failed."
    return _fail(world, intent, StripeError(text, status=402, type=CARD, code="setup_intent_authentication_failure"))


def cancel(world: World, intent: Json, reason: str | None) -> Json:
    if intent["status"] not in OPEN:
        raise unexpected(intent, "cancel")
    intent.update(status="canceled", cancellation_reason=reason, next_action=None)
    world.emit("setup_intent.canceled", intent)
    return intent


def unexpected(intent: Json, verb: str) -> StripeError:
    text = f"You cannot {verb} this SetupIntent because it has a status of {intent['status']}."
    return StripeError(text, code="setup_intent_unexpected_state")


def _succeed(world: World, intent: Json, method: Json) -> None:
    intent["status"] = "succeeded"
    if intent["customer"]:
        payment_methods.attach(world, method, intent["customer"])
    world.emit("setup_intent.succeeded", intent)


def _fail(world: World, intent: Json, error: StripeError) -> StripeError:
    intent.update(status="requires_payment_method", payment_method=None, last_setup_error=dict(error.said))
    world.emit("setup_intent.setup_failed", intent)
    return error
