"""All endpoints, and what only `expand` shows."""

from dev.stripe_simulator.api import (
    account,
    balance,
    charges,
    checkout_sessions,
    credit_notes,
    customers,
    disputes,
    events,
    invoice_items,
    invoices,
    payment_intents,
    payment_methods,
    portal_sessions,
    refunds,
    search,
    setup_intents,
    tax_ids,
)
from dev.stripe_simulator.api.call import Endpoint
from dev.stripe_simulator.api.listing import Part, listed
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.world import World

_FILES = (
    search,  # before the addresses with an id
    account,
    balance,
    charges,
    checkout_sessions,
    credit_notes,
    customers,
    disputes,
    events,
    invoice_items,
    invoices,
    payment_intents,
    payment_methods,
    portal_sessions,
    refunds,
    setup_intents,
    tax_ids,
)
ENDPOINTS: list[Endpoint] = [endpoint for file in _FILES for endpoint in file.ENDPOINTS]


def parts(world: World) -> dict[str, Part]:
    def of(kind: str, name: str, url: str) -> Part:
        return lambda store, within: listed(list(store.where(kind, **{name: within["id"]})), url)

    def lines(store: object, session: Json) -> Json:
        return checkout_sessions.lines_of(world, session)

    def payments(store: object, invoice: Json) -> Json:
        return invoices.payments_of(world, invoice)

    return {
        "checkout.session.line_items": lines,
        "invoice.payments": payments,
        "customer.tax_ids": of("tax_id", "customer", "/v1/tax_ids"),
        "charge.refunds": of("refund", "charge", "/v1/refunds"),
    }
