"""Payment methods: made from a test card, attached, detached. Of the card they keep brand and last four."""

from dev.stripe_simulator import cards
from dev.stripe_simulator.cards import Card
from dev.stripe_simulator.errors import CARD, Json, StripeError
from dev.stripe_simulator.world import World


def make(world: World, card: Card, billing: Json | None = None) -> Json:
    details = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None, **(billing or {})}
    method = world.make(
        "payment_method",
        "pm",
        allow_redisplay="unspecified",
        billing_details=details,
        customer=None,
        metadata={},
        type=card.kind,
        **{card.kind: _bank(card) if card.settles else shown(card)},
    )
    world.store.note(method["id"], card=card.token)
    return method


def shown(card: Card) -> Json:
    """Return what Stripe tells of a card."""
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": f"fingerprint{card.token.removeprefix('pm_')}"[:32],
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _bank(card: Card) -> Json:
    return {
        "account_holder_type": "company",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "fingerprint": None,
        "last4": card.last4,
        "routing_number": "110000000",
    }


def card_of(world: World, method: Json) -> Card:
    return cards.by_token(world.store.notes[method["id"]]["card"])


def given(world: World, id: str, param: str = "payment_method") -> Json:
    """Return the payment method that a request names; Stripe's tokens stand for a new one."""
    if cards.is_token(id):
        return make(world, cards.by_token(id))
    method = world.store.get("payment_method", id, param)
    if world.store.notes[id].get("spent"):
        raise StripeError(
            "This PaymentMethod was previously used without being attached to a Customer or was detached from a "
            "Customer, and may not be used again."
        )
    return method


def of_customer(world: World, id: str, customer: str, param: str = "payment_method") -> Json:
    """Return a payment method that is attached to this customer."""
    method = world.store.get("payment_method", id, param)
    if method["customer"] != customer:
        text = f"The payment method `{id}` must be attached to the customer `{customer}`."
        raise StripeError(text, code="payment_method_customer_mismatch" if method["customer"] else None, param=param)
    return method


def attach(world: World, method: Json, customer: str) -> Json:
    if method["customer"] not in (None, customer):
        raise StripeError("The payment method you provided has already been attached to a customer.")
    if card_of(world, method).refused_at_setup:
        raise declined(card_of(world, method).decline)
    if method["customer"] is None:
        method["customer"] = customer
        world.emit("payment_method.attached", method)
    return method


def detach(world: World, method: Json) -> Json:
    customer = world.store.find("customer", method["customer"])
    if customer is None:
        text = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise StripeError(text)
    method["customer"] = None
    world.store.note(method["id"], spent=True)  # a detached one can't be used or attached again
    settings = customer["invoice_settings"]
    if settings["default_payment_method"] == method["id"]:
        before = dict(settings)
        settings["default_payment_method"] = None
        world.emit("customer.updated", customer, {"invoice_settings": before})
    world.emit("payment_method.detached", method, {"customer": customer["id"]})
    return method


def make_default(world: World, customer: Json, method: Json) -> None:
    before = dict(customer["invoice_settings"])
    customer["invoice_settings"] = {**before, "default_payment_method": method["id"]}
    world.emit("customer.updated", customer, {"invoice_settings": before})


def declined(decline: str, charge: str | None = None) -> StripeError:
    code, message = cards.DECLINED[decline]
    return StripeError(message, status=402, type=CARD, code=code, decline_code=decline, charge=charge)
