"""Invoice items: a customer's pending ones, or the lines of a draft."""

from collections.abc import Iterator
from decimal import Decimal

from dev.stripe_simulator.acts import invoices
from dev.stripe_simulator.amounts import currency, most
from dev.stripe_simulator.api.call import Call, Endpoint, metadata, unsupported
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json, StripeError, invalid
from dev.stripe_simulator.parameters import need, only_one
from dev.stripe_simulator.world import World

_OTHER = ("discounts", "pricing", "price_data", "subscription", "tax_rates", "tax_code", "customer_account")


def create(world: World, call: Call) -> Json:
    unsupported(call.params, *_OTHER)
    need(call.params, "customer")
    world.store.get("customer", call.params["customer"], "customer")
    invoice = world.store.get("invoice", call.params["invoice"], "invoice") if call.get("invoice") else None
    if invoice and invoice["customer"] != call.params["customer"]:
        raise StripeError("The invoice belongs to another customer.", param="invoice")
    item = _make(world, call)
    if invoice:
        try:
            add_to(world, item, invoice)
        except StripeError:
            world.store.remove(item)
            raise
    world.emit("invoiceitem.created", item)
    return item


def add_to(world: World, item: Json, invoice: Json) -> None:
    parent = {
        "type": "invoice_item_details",
        "invoice_item_details": {"invoice_item": item["id"], "proration": False, "subscription": None},
        "subscription_item_details": None,
    }
    invoices.add_line(
        world,
        invoice,
        item["amount"],
        item["description"],
        metadata=dict(item["metadata"]),
        parent=parent,
        period=dict(item["period"]),
        pricing=item["pricing"],
        quantity=item["quantity"],
        quantity_decimal=item["quantity_decimal"],
    )
    item["invoice"] = invoice["id"]


def _make(world: World, call: Call) -> Json:
    amount, unit, quantity = _amount(call)
    item = world.make(
        "invoiceitem",
        "ii",
        amount=amount,
        currency=currency(call.get("currency", "usd")),
        customer=call.params["customer"],
        date=world.now(),
        description=call.get("description"),
        discountable=True,
        discounts=[],
        invoice=None,
        metadata=metadata({}, call.get("metadata")),
        net_amount=amount,
        parent=None,
        period=call.get("period") or {"start": world.now(), "end": world.now()},
        pricing={"type": "price_details", "price_details": None, "unit_amount_decimal": str(unit)},
        proration=False,
        quantity=int(quantity),
        quantity_decimal=str(quantity),
        tax_rates=[],
        test_clock=None,
    )
    del item["created"]
    return item


def _amount(call: Call) -> tuple[int, Decimal, Decimal]:
    """Return the amount, the amount of a unit, and how many there are."""
    if call.get("quantity") is not None and call.get("quantity_decimal") is not None:
        only_one(call.params, "quantity", "quantity_decimal")
    quantity = Decimal(call.get("quantity", call.get("quantity_decimal", 1)))
    if quantity < 0:
        raise invalid("This value must be greater than or equal to 0.", "quantity", "parameter_invalid_integer")
    if only_one(call.params, "amount", "unit_amount_decimal") == "amount":
        need(call.params, "currency")
        if quantity != 1:
            raise StripeError("You may only specify one of these parameters: amount, quantity.", param="quantity")
        return most(call.params["amount"]), Decimal(call.params["amount"]), quantity
    unit = call.params["unit_amount_decimal"]
    return most(int((unit * quantity).to_integral_value("ROUND_HALF_UP"))), unit, quantity


def delete(world: World, call: Call) -> Json:
    item = world.store.get("invoiceitem", call.id)
    if item["invoice"]:
        _take_from(world, item, world.store.get("invoice", item["invoice"]))
    world.store.remove(item)
    world.emit("invoiceitem.deleted", item)
    return {"id": item["id"], "object": "invoiceitem", "deleted": True}


def _take_from(world: World, item: Json, invoice: Json) -> None:
    if invoice["status"] != "draft":
        text = "You can't delete an invoice item that's attached to an invoice that has been finalized."
        raise StripeError(text, code="invoice_not_editable")
    lines = invoice["lines"]
    lines["data"] = [
        line
        for line in lines["data"]
        if not line["parent"] or line["parent"]["invoice_item_details"]["invoice_item"] != item["id"]
    ]
    invoices.add_up(world, invoice)


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("invoiceitem", call.id)


def list_all(world: World, call: Call) -> Json:
    return listing(call, _rows(world, call), order="date")


def _rows(world: World, call: Call) -> Iterator[Json]:
    equal = {name: call.params[name] for name in ("customer", "invoice") if name in call.params}
    for item in world.store.where("invoiceitem", **equal):
        if call.get("pending") in (None, item["invoice"] is None):
            yield item


ENDPOINTS = [
    Endpoint("POST", "/v1/invoiceitems", "InvoiceItemCreateParams", create),
    Endpoint("GET", "/v1/invoiceitems", "InvoiceItemListParams", list_all),
    Endpoint("GET", "/v1/invoiceitems/{id}", "InvoiceItemRetrieveParams", retrieve),
    Endpoint("DELETE", "/v1/invoiceitems/{id}", "InvoiceItemDeleteParams", delete),
]
