"""Credit notes: never more than the invoice, and of a paid one the parts make up the whole."""

from dataclasses import dataclass, field
from typing import Any

from dev.stripe_simulator.acts import invoices, refunds
from dev.stripe_simulator.amounts import dollars
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.world import World


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the money of a paid invoice goes, in cents."""

    refund: int = 0  # a new refund
    credit: int = 0  # the customer's balance
    out_of_band: int = 0
    refunds: dict[str, int | None] = field(default_factory=dict)  # refunds that exist, and how much of each


def issue(world: World, invoice: Json, amount: int, parts: Parts, **values: Any) -> Json:
    if invoice["status"] not in ("open", "paid"):
        raise StripeError(f"You can only issue credit notes for open or paid invoices: {invoice['status']}.")
    known = [world.store.get("refund", refund, "refunds") for refund in parts.refunds]
    linked = sum(parts.refunds[one["id"]] or one["amount"] for one in known)
    before_payment = invoice["status"] == "open"
    _check(invoice, amount, parts, linked, before_payment=before_payment)
    note = _make(world, invoice, amount, before_payment=before_payment)
    note.update(values)
    if parts.refund:
        try:
            made = refunds.refund(world, _charge(world, invoice), parts.refund, metadata=dict(note["metadata"]))
        except StripeError:
            world.store.remove(note)
            raise
        known.append(made)
    note["refunds"] = [
        {"amount_refunded": parts.refunds.get(one["id"]) or one["amount"], "refund": one["id"], "type": "refund"}
        for one in known
    ]
    note["out_of_band_amount"] = parts.out_of_band or None
    _book(world, invoice, note, parts, before_payment=before_payment)
    world.emit("credit_note.created", note)
    return note


def void(world: World, note: Json) -> Json:
    invoice = world.store.get("invoice", note["invoice"])
    if invoice["status"] != "open" or note["status"] != "issued":
        raise StripeError("You may only void an issued credit note of an open invoice.")
    invoice["pre_payment_credit_notes_amount"] -= note["amount"]
    invoices.add_up(world, invoice)
    note.update(status="void", voided_at=world.now())
    world.emit("credit_note.voided", note)
    return note


def _check(invoice: Json, amount: int, parts: Parts, linked: int, *, before_payment: bool) -> None:
    credited = invoice["pre_payment_credit_notes_amount"] + invoice["post_payment_credit_notes_amount"]
    left = invoice["amount_remaining"] if before_payment else invoice["total"] - credited
    if amount > left:
        text = f"The credit note amount ({dollars(amount)}) is greater than what can be credited ({dollars(left)})."
        raise StripeError(text, param="amount")
    told = parts.refund + parts.credit + parts.out_of_band + linked
    if before_payment and told:
        raise StripeError("You can't refund or credit an invoice that isn't paid.", param="refund_amount")
    if not before_payment and told != amount:
        raise StripeError(
            f"The sum of credit amount, refund amount and out of band amount ({dollars(told)}) must equal the post "
            f"payment credit note amount ({dollars(amount)})."
        )


def _charge(world: World, invoice: Json) -> Json:
    for row in world.store.where("invoice_payment", invoice=invoice["id"], status="paid"):
        intent = world.store.get("payment_intent", row["payment"]["payment_intent"])
        return world.store.get("charge", intent["latest_charge"])
    raise StripeError("This invoice was not paid by a charge that could be refunded.", param="refund_amount")


def _book(world: World, invoice: Json, note: Json, parts: Parts, *, before_payment: bool) -> None:
    if parts.credit:
        customer = world.store.get("customer", invoice["customer"])
        customer["balance"] -= parts.credit  # below zero is credit
        world.emit("customer.updated", customer, {"balance": customer["balance"] + parts.credit})
    if not before_payment:
        invoice["post_payment_credit_notes_amount"] += note["amount"]
        return
    invoice["pre_payment_credit_notes_amount"] += note["amount"]
    invoices.add_up(world, invoice)
    world.emit("invoice.updated", invoice, {})
    if invoice["amount_remaining"] == 0:
        invoices.mark_paid(world, invoice)


def _make(world: World, invoice: Json, amount: int, *, before_payment: bool) -> Json:
    count = len(list(world.store.where("credit_note", invoice=invoice["id"])))
    note = world.make(
        "credit_note",
        "cn",
        amount=amount,
        amount_shipping=0,
        currency="usd",
        customer=invoice["customer"],
        customer_balance_transaction=None,
        discount_amount=0,
        discount_amounts=[],
        effective_at=world.now(),
        invoice=invoice["id"],
        lines={"object": "list", "data": [], "has_more": False, "url": ""},
        memo=None,
        metadata={},
        number=f"{invoice['number']}-CN-{count + 1:02}",
        out_of_band_amount=None,
        pdf="",
        post_payment_amount=0 if before_payment else amount,
        pre_payment_amount=amount if before_payment else 0,
        pretax_credit_amounts=[],
        reason=None,
        refunds=[],
        shipping_cost=None,
        status="issued",
        subtotal=amount,
        subtotal_excluding_tax=amount,
        total=amount,
        total_excluding_tax=amount,
        total_taxes=[],
        type="pre_payment" if before_payment else "post_payment",
        voided_at=None,
    )
    note["pdf"] = f"{world.url}/cn/{note['id']}/pdf"
    note["lines"]["url"] = f"/v1/credit_notes/{note['id']}/lines"
    note["lines"]["data"].append(_line(note, f"Credit for {invoice['number']}"))
    return note


def _line(note: Json, description: str) -> Json:
    return {
        "id": f"cnli_{note['id'][3:]}",
        "object": "credit_note_line_item",
        "amount": note["amount"],
        "description": description,
        "discount_amount": 0,
        "discount_amounts": [],
        "invoice_line_item": None,
        "livemode": False,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": 1,
        "tax_rates": [],
        "taxes": [],
        "type": "custom_line_item",
        "unit_amount": note["amount"],
        "unit_amount_decimal": str(note["amount"]),
    }
