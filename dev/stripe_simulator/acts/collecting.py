"""Collecting an invoice: a try, and the later tries of dunning."""

from dev.stripe_simulator.acts import invoices, payment_methods, payments
from dev.stripe_simulator.errors import CARD, Json, StripeError
from dev.stripe_simulator.world import World

DAY = 24 * 3600
WAITS = (3 * DAY, 5 * DAY, 7 * DAY)  # seconds after the first, second and third failure


def pay(world: World, invoice: Json, method: Json | None, *, off_session: bool) -> None:
    """Try to collect an open invoice; the refusal is raised after it has been noted."""
    intent = invoices.payment_of(world, invoice)
    if intent["status"] == "processing":
        raise StripeError("This invoice has a payment that is still processing.")
    method = method or usual_method(world, invoice)
    error = payments.confirm(world, intent, method, off_session=False)
    conclude(world, invoice, intent)
    if intent["status"] == "requires_action" and off_session:
        text = "This payment requires additional user action before it can be completed successfully. Payment can be "
        text += "completed using the PaymentIntent associated with the invoice."
        code = "invoice_payment_intent_requires_action"
        raise StripeError(text, status=402, type=CARD, code=code, payment_intent=dict(intent))
    if error:
        raise error


def conclude(world: World, invoice: Json, intent: Json) -> None:
    """Note on the invoice what became of its payment."""
    if invoice["status"] not in ("open", "uncollectible"):
        return
    if intent["status"] == "succeeded":
        invoice["attempt_count"] += 1
        invoices.mark_paid(world, invoice)
    elif intent["status"] == "requires_action":
        _note_try(world, invoice)
        world.emit("invoice.payment_action_required", invoice)
        world.emit("invoice.payment_failed", invoice)
    elif intent["status"] == "requires_payment_method":
        _note_try(world, invoice)
        world.emit("invoice.payment_failed", invoice)


def advance(world: World, invoice: Json) -> None:
    """Do what a draft that advances by itself does when its hour is over."""
    try:
        invoices.finalize(world, invoice)
    except StripeError:
        invoice["automatically_finalizes_at"] = None
        return
    if invoice["collection_method"] == "send_invoice":
        invoices.send(world, invoice)
    elif invoice["status"] == "open":
        retry(world, invoice)


def retry(world: World, invoice: Json) -> None:
    """Try to collect by the clock: failures are told by events alone."""
    invoice["next_payment_attempt"] = None
    tries = world.store.note(invoice["id"]).get("tries", 0)
    world.store.note(invoice["id"], tries=tries + 1)
    try:
        pay(world, invoice, None, off_session=True)
    except StripeError as error:
        if error.said["type"] != CARD:  # nothing to charge
            _note_try(world, invoice)
            world.emit("invoice.payment_failed", invoice)


def usual_method(world: World, invoice: Json) -> Json:
    customer = world.store.get("customer", invoice["customer"], "customer")
    usual = invoice["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    if not usual:
        raise StripeError(
            "There is no `default_payment_method` set on this Customer or Invoice. Please set a "
            "`default_payment_method`."
        )
    return payment_methods.of_customer(world, usual, customer["id"])


def _note_try(world: World, invoice: Json) -> None:
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    tries = world.store.notes.get(invoice["id"], {}).get("tries", 0)
    waits = invoice["auto_advance"] and invoice["collection_method"] == "charge_automatically"
    if waits and 1 <= tries <= len(WAITS):
        invoice["next_payment_attempt"] = world.now() + WAITS[tries - 1]
