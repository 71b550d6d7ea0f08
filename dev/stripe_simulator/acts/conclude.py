"""Whatever moved an intent, its invoice or Checkout session is told here."""

from dev.stripe_simulator.acts import checkout, collecting, invoices, payments, setups
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.world import World


def conclude(world: World, intent: Json) -> None:
    if session := checkout.of_intent(world, intent):
        checkout.conclude(world, session, intent)
    elif intent["object"] == "payment_intent" and (invoice := invoices.of_payment(world, intent)):
        collecting.conclude(world, invoice, intent)


def authenticate(world: World, intent: Json, *, approved: bool) -> StripeError | None:
    act = payments.authenticate if intent["object"] == "payment_intent" else setups.authenticate
    error = act(world, intent, approved=approved)
    conclude(world, intent)
    return error


def settle(world: World, intent: Json, *, succeeds: bool) -> None:
    payments.settle(world, intent, succeeds=succeeds)
    conclude(world, intent)
