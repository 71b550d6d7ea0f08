"""Invoices, and what payments they have."""

from collections.abc import Iterator
from typing import Any

from dev.stripe_simulator.acts import collecting, invoices, payment_methods, taxes
from dev.stripe_simulator.acts.invoice_shape import no_tax
from dev.stripe_simulator.amounts import currency
from dev.stripe_simulator.api.call import Call, Endpoint, changed, metadata, unsupported
from dev.stripe_simulator.api.invoice_items import add_to
from dev.stripe_simulator.api.listing import listed, listing
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.parameters import need
from dev.stripe_simulator.world import World

_OTHER = (
    "account_tax_ids",
    "application_fee_amount",
    "default_source",
    "default_tax_rates",
    "discounts",
    "from_invoice",
    "issuer",
    "number",
    "on_behalf_of",
    "shipping_cost",
    "shipping_details",
    "subscription",
    "transfer_data",
)
_KEPT = ("auto_advance", "automatically_finalizes_at", "custom_fields", "description", "footer", "statement_descriptor")


def create(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER, "customer_account")
    need(call.params, "customer")
    customer = world.store.get("customer", call.params["customer"], "customer")
    method = call.get("collection_method", "charge_automatically")
    days = _days_until_due(call, method)
    values = _values(world, customer, call.params)
    if call.get("automatic_tax", {}).get("enabled") and not taxes.country_of(customer):
        text = "The customer's location isn't recognized. Set a valid customer address in order to automatically "
        raise StripeError(f"{text}calculate tax.", code="customer_tax_location_invalid", param="automatic_tax[enabled]")
    invoice = invoices.make(
        world,
        customer,
        collection_method=method,
        currency=currency(call.get("currency", "usd")),
        due_date=call.get("due_date"),
        **values,
    )
    world.store.note(invoice["id"], days_until_due=days)
    if call.get("pending_invoice_items_behavior") == "include":
        for item in world.store.where("invoiceitem", customer=customer["id"], invoice=None):
            add_to(world, item, invoice)
    return invoice


def _days_until_due(call: Call, method: str) -> int | None:
    days: int | None = call.get("days_until_due")
    due = days is not None or call.get("due_date") is not None
    if method == "send_invoice" and not due:
        text = "If `collection_method` is `send_invoice`, you must specify `due_date` or `days_until_due`."
        raise StripeError(text, code="parameter_missing", param="days_until_due")
    if method == "charge_automatically" and due:
        text = "You can only specify `days_until_due` or `due_date` if `collection_method` is `send_invoice`."
        raise StripeError(text, param="days_until_due")
    if days is not None and days < 0:
        raise StripeError("This value must be greater than or equal to 0.", param="days_until_due")
    return days


def _values(world: World, customer: Json, given: Json) -> dict[str, Any]:
    values: dict[str, Any] = {name: given[name] for name in _KEPT if name in given}
    values["metadata"] = metadata({}, given.get("metadata"))
    if "automatic_tax" in given:
        values["automatic_tax"] = {**no_tax(), "enabled": given["automatic_tax"]["enabled"]}
    if given.get("default_payment_method"):
        method = given["default_payment_method"]
        payment_methods.of_customer(world, method, customer["id"], "default_payment_method")
        values["default_payment_method"] = method
    return values


def update(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER, "collection_method", "days_until_due", "due_date", "automatic_tax")
    invoice = world.store.get("invoice", call.id)
    given = dict(call.params)
    if invoice["status"] != "draft" and set(given) - {"metadata", "auto_advance", "default_payment_method", "expand"}:
        raise StripeError("Finalized invoices can't be updated in this way", code="invoice_not_editable")
    values = _values(world, world.store.get("customer", invoice["customer"]), given)
    values["metadata"] = metadata(invoice["metadata"], given.get("metadata"))
    world.emit("invoice.updated", invoice, changed(invoice, **values))
    return invoice


def delete(world: World, call: Call) -> Json:
    invoice = world.store.get("invoice", call.id)
    if invoice["status"] != "draft":
        raise StripeError("You can only delete draft invoices.")
    world.store.remove(invoice)
    for item in world.store.where("invoiceitem", invoice=call.id):
        item["invoice"] = None
    world.emit("invoice.deleted", invoice)
    return {"id": call.id, "object": "invoice", "deleted": True}


def finalize(world: World, call: Call) -> Json:
    invoice = world.store.get("invoice", call.id)
    if "auto_advance" in call.params:
        invoice["auto_advance"] = call.params["auto_advance"]
    invoices.finalize(world, invoice)
    if invoice["status"] == "open" and invoice["auto_advance"]:
        if invoice["collection_method"] == "charge_automatically":
            invoice["next_payment_attempt"] = world.now() + invoices.FINALIZED_AFTER
        else:
            invoices.send(world, invoice)
    return invoice


def pay(world: World, call: Call) -> Json:
    unsupported(call.params, "mandate", "source", "forgive")
    invoice = world.store.get("invoice", call.id)
    if invoice["status"] == "draft":
        invoices.finalize(world, invoice)
    if invoice["status"] == "paid":
        raise StripeError("Invoice is already paid")
    if invoice["status"] == "void":
        raise StripeError("This invoice can no longer be paid: it is void.")
    if call.get("paid_out_of_band"):
        invoices.mark_paid(world, invoice, out_of_band=True)
        return invoice
    method = _given(world, call, invoice)
    collecting.pay(world, invoice, method, off_session=call.get("off_session", True))
    return invoice


def _given(world: World, call: Call, invoice: Json) -> Json | None:
    if not call.get("payment_method"):
        return None
    return payment_methods.of_customer(world, call.params["payment_method"], invoice["customer"])


def void(world: World, call: Call) -> Json:
    return invoices.void(world, world.store.get("invoice", call.id))


def mark_uncollectible(world: World, call: Call) -> Json:
    return invoices.mark_uncollectible(world, world.store.get("invoice", call.id))


def send(world: World, call: Call) -> Json:
    return invoices.send(world, world.store.get("invoice", call.id))


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("invoice", call.id)


def list_all(world: World, call: Call) -> Json:
    equal = {name: call.params[name] for name in ("customer", "status", "collection_method") if name in call.params}
    return listing(call, world.store.where("invoice", **equal))


def lines(world: World, call: Call) -> Json:
    found: list[Json] = world.store.get("invoice", call.id)["lines"]["data"]
    return listing(call, reversed(found))


def retrieve_payment(world: World, call: Call) -> Json:
    return world.store.get("invoice_payment", call.id)


def list_payments(world: World, call: Call) -> Json:
    return listing(call, _payments(world, call))


def _payments(world: World, call: Call) -> Iterator[Json]:
    equal = {name: call.params[name] for name in ("invoice", "status") if name in call.params}
    asked = call.get("payment", {}).get("payment_intent")
    for row in world.store.where("invoice_payment", **equal):
        if asked in (None, row["payment"]["payment_intent"]):
            yield row


def payments_of(world: World, invoice: Json) -> Json:
    """Return what `expand[]=payments` shows."""
    rows = list(world.store.where("invoice_payment", invoice=invoice["id"]))
    return listed(rows, f"/v1/invoice_payments?invoice={invoice['id']}")


_ONE = "/v1/invoices/{id}"
ENDPOINTS = [
    Endpoint("POST", "/v1/invoices", "InvoiceCreateParams", create),
    Endpoint("GET", "/v1/invoices", "InvoiceListParams", list_all),
    Endpoint("GET", _ONE, "InvoiceRetrieveParams", retrieve),
    Endpoint("POST", _ONE, "InvoiceUpdateParams", update),
    Endpoint("DELETE", _ONE, "InvoiceDeleteParams", delete),
    Endpoint("POST", f"{_ONE}/finalize", "InvoiceFinalizeInvoiceParams", finalize),
    Endpoint("POST", f"{_ONE}/pay", "InvoicePayParams", pay),
    Endpoint("POST", f"{_ONE}/void", "InvoiceVoidInvoiceParams", void),
    Endpoint("POST", f"{_ONE}/mark_uncollectible", "InvoiceMarkUncollectibleParams", mark_uncollectible),
    Endpoint("POST", f"{_ONE}/send", "InvoiceSendInvoiceParams", send),
    Endpoint("GET", f"{_ONE}/lines", "InvoiceLineItemListParams", lines),
    Endpoint("GET", "/v1/invoice_payments", "InvoicePaymentListParams", list_payments),
    Endpoint("GET", "/v1/invoice_payments/{id}", "InvoicePaymentRetrieveParams", retrieve_payment),
]
