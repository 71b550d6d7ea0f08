"""Invoices: their lines and sums, and the ways they end. Payment is tried in `acts/collecting.py`."""

from typing import Any

from dev.stripe_simulator.acts import payments, taxes
from dev.stripe_simulator.acts.invoice_shape import blank
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.store import new_id
from dev.stripe_simulator.world import World

FINALIZED_AFTER = 3600  # seconds; a draft that advances by itself
MOST_LINES = 250
DAY = 24 * 3600


def make(world: World, customer: Json, **values: Any) -> Json:
    invoice = world.make("invoice", "in", **blank(), customer=customer["id"])
    invoice.update(period_end=world.now(), period_start=world.now(), **_addressee(world, customer), **values)
    invoice["lines"]["url"] = f"/v1/invoices/{invoice['id']}/lines"
    if invoice["auto_advance"] and invoice["automatically_finalizes_at"] is None:
        invoice["automatically_finalizes_at"] = world.now() + FINALIZED_AFTER
    world.emit("invoice.created", invoice)
    return invoice


def _addressee(world: World, customer: Json) -> Json:
    """Return what an invoice says of its customer, as that is now."""
    tax_ids = world.store.where("tax_id", customer=customer["id"])
    return {
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [{"type": one["type"], "value": one["value"]} for one in tax_ids],
    }


def add_line(world: World, invoice: Json, amount: int, description: str | None, **values: Any) -> Json:
    lines = invoice["lines"]["data"]
    if invoice["status"] != "draft":
        raise StripeError("This invoice is no longer editable", code="invoice_not_editable")
    if len(lines) >= MOST_LINES:
        text = f"The maximum number of line items ({MOST_LINES}) has been reached for this invoice."
        raise StripeError(text, code="invoice_lines_limit_exceeded")
    line: Json = {
        "id": new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": "usd",
        "description": description,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"start": world.now(), "end": world.now()},
        "pretax_credit_amounts": [],
        "pricing": None,
        "quantity": 1,
        "quantity_decimal": "1",
        "subtotal": amount,
        "taxes": [],
        **values,
    }
    lines.append(line)
    add_up(world, invoice)
    return line


def add_up(world: World, invoice: Json) -> None:
    """Compute the sums; a paid or void invoice is never computed again."""
    subtotal = sum(line["amount"] for line in invoice["lines"]["data"])
    tax = 0
    if invoice["automatic_tax"]["enabled"]:
        tax = taxes.tax(world, subtotal, world.store.find("customer", invoice["customer"]))
        invoice["automatic_tax"]["status"] = "complete"
    total = subtotal + tax
    due = max(total - invoice["pre_payment_credit_notes_amount"], 0)
    invoice.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal,
        total=total,
        total_excluding_tax=subtotal,
        total_taxes=taxes.shown(tax, subtotal),
        amount_due=due,
        amount_remaining=due - invoice["amount_paid"],
    )


def finalize(world: World, invoice: Json) -> Json:
    if invoice["status"] != "draft":
        text = f"This invoice is already finalized, you can't re-finalize a {invoice['status']} invoice."
        raise StripeError(text, code="invoice_not_editable")
    customer = world.store.get("customer", invoice["customer"], "customer")
    _check_tax_location(world, invoice, customer)
    add_up(world, invoice)
    days = world.store.notes.get(invoice["id"], {}).get("days_until_due")
    invoice.update(
        **_addressee(world, customer),
        status="open",
        number=f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04}",
        effective_at=world.now(),
        automatically_finalizes_at=None,
        hosted_invoice_url=f"{world.url}/i/{invoice['id']}",
        invoice_pdf=f"{world.url}/i/{invoice['id']}/pdf",
        due_date=world.now() + days * DAY if days is not None else invoice["due_date"],
    )
    invoice["status_transitions"]["finalized_at"] = world.now()
    customer["next_invoice_sequence"] += 1
    world.emit("invoice.finalized", invoice)
    if invoice["amount_remaining"] == 0:
        mark_paid(world, invoice)
    return invoice


def mark_paid(world: World, invoice: Json, *, out_of_band: bool = False) -> None:
    paid = 0 if out_of_band else invoice["amount_remaining"]
    before = {"status": invoice["status"]}
    invoice.update(
        status="paid",
        amount_paid=invoice["amount_paid"] + invoice["amount_remaining"],
        amount_paid_off_stripe=invoice["amount_remaining"] - paid,
        amount_remaining=0,
        attempted=True,
        next_payment_attempt=None,
    )
    invoice["status_transitions"]["paid_at"] = world.now()
    for row in world.store.where("invoice_payment", invoice=invoice["id"], status="open"):
        _end_payment(world, row, "canceled" if out_of_band else "paid")
    world.emit("invoice.updated", invoice, before)
    world.emit("invoice.paid", invoice)
    if not out_of_band:
        world.emit("invoice.payment_succeeded", invoice)


def void(world: World, invoice: Json) -> Json:
    if invoice["status"] not in ("open", "uncollectible"):
        raise StripeError(f"You can only pass in open invoices. This invoice isn't open: {invoice['status']}.")
    _close(world, invoice, "void", "voided_at")
    _cancel_payments(world, invoice, "void_invoice")
    world.emit("invoice.voided", invoice)
    return invoice


def mark_uncollectible(world: World, invoice: Json) -> Json:
    if invoice["status"] != "open":
        raise StripeError(f"You can only mark open invoices as uncollectible; this one is {invoice['status']}.")
    _close(world, invoice, "uncollectible", "marked_uncollectible_at")
    world.emit("invoice.marked_uncollectible", invoice)
    return invoice


def send(world: World, invoice: Json) -> Json:
    if invoice["status"] == "draft":
        finalize(world, invoice)
    if invoice["status"] not in ("open", "paid"):
        raise StripeError(f"You can't send an invoice with a status of {invoice['status']}.")
    world.emit("invoice.sent", invoice)
    return invoice


def payment_of(world: World, invoice: Json) -> Json:
    """Return the invoice's open payment intent, made when it is first needed."""
    for row in world.store.where("invoice_payment", invoice=invoice["id"], status="open"):
        return world.store.get("payment_intent", row["payment"]["payment_intent"])
    intent = payments.make(
        world,
        invoice["amount_remaining"],
        invoice["customer"],
        description=invoice["description"] or f"Payment for Invoice {invoice['number']}",
        receipt_email=invoice["customer_email"],
    )
    add_payment(world, invoice, intent)
    return intent


def add_payment(world: World, invoice: Json, intent: Json) -> Json:
    return world.make(
        "invoice_payment",
        "inpay",
        amount_paid=None,
        amount_requested=intent["amount"],
        currency="usd",
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )


def of_payment(world: World, intent: Json) -> Json | None:
    for row in world.store.where("invoice_payment", payment={"type": "payment_intent", "payment_intent": intent["id"]}):
        return world.store.get("invoice", row["invoice"])
    return None


def _end_payment(world: World, row: Json, status: str) -> None:
    row["status"] = status
    row["status_transitions"][f"{status}_at"] = world.now()
    if status == "paid":
        row["amount_paid"] = row["amount_requested"]
        world.emit("invoice_payment.paid", row)


def _close(world: World, invoice: Json, status: str, moment: str) -> None:
    invoice.update(status=status, auto_advance=False, next_payment_attempt=None)
    invoice["status_transitions"][moment] = world.now()


def _cancel_payments(world: World, invoice: Json, reason: str) -> None:
    for row in world.store.where("invoice_payment", invoice=invoice["id"], status="open"):
        _end_payment(world, row, "canceled")
        intent = world.store.get("payment_intent", row["payment"]["payment_intent"])
        if intent["status"] in payments.OPEN:
            payments.cancel(world, intent, reason)


def _check_tax_location(world: World, invoice: Json, customer: Json) -> None:
    if not invoice["automatic_tax"]["enabled"] or taxes.country_of(customer):
        return
    error = StripeError(
        "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate "
        "tax.",
        code="customer_tax_location_invalid",
    )
    invoice["automatic_tax"]["status"] = "requires_location_inputs"
    invoice["last_finalization_error"] = dict(error.said)
    world.emit("invoice.finalization_failed", invoice)
    raise error
