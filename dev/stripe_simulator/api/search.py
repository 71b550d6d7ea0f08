"""Search by metadata and a few fields. As at Stripe, what is new is found only after a minute."""

import re
from collections.abc import Iterator

from dev.stripe_simulator.api.call import Call, Endpoint, Handler
from dev.stripe_simulator.errors import Json, invalid
from dev.stripe_simulator.world import World

FOUND_AFTER = 60  # seconds
_FIELDS = ("amount", "currency", "customer", "email", "name", "number", "status", "total")
_CLAUSE = re.compile(r"""(-?)(?:metadata\[["'](.{1,40}?)["']\]|(\w+)):["']?([^"']*?)["']?""")
_AND = re.compile(r"\s+AND\s+", re.IGNORECASE)


def _handler(kind: str) -> Handler:
    def search(world: World, call: Call) -> Json:
        limit = call.get("limit", 10)
        if not 1 <= limit <= 100:
            raise invalid("Invalid limit: must be between 1 and 100", "limit", "parameter_invalid_integer")
        clauses = [_clause(text) for text in _AND.split(call.params["query"])]
        found = list(_matching(world, kind, clauses))[::-1]
        first = int(call.get("page", "0")) if call.get("page", "0").isdecimal() else 0
        page, more = found[first : first + limit], len(found) > first + limit
        return {
            "object": "search_result",
            "data": page,
            "has_more": more,
            "next_page": str(first + limit) if more else None,
            "url": call.path,
        }

    return search


def _clause(text: str) -> tuple[bool, str, str, str]:
    """Return whether it is a negation, the metadata's key or else the field, and the value."""
    matched = _CLAUSE.fullmatch(text.strip())
    if not matched or (matched[3] and matched[3] not in _FIELDS):
        raise invalid(f"We were unable to parse your search query: {text}", "query")
    return matched[1] == "-", matched[2] or "", matched[3] or "", matched[4]


def _matching(world: World, kind: str, clauses: list[tuple[bool, str, str, str]]) -> Iterator[Json]:
    for row in world.store.where(kind):
        if row["created"] <= world.now() - FOUND_AFTER and all(_fits(row, *clause) for clause in clauses):
            yield row


def _fits(row: Json, negated: bool, key: str, name: str, value: str) -> bool:
    known = row["metadata"].get(key) if key else row.get(name)
    return (str(known) == value and known is not None) != negated


ENDPOINTS = [
    Endpoint("GET", "/v1/customers/search", "CustomerSearchParams", _handler("customer")),
    Endpoint("GET", "/v1/invoices/search", "InvoiceSearchParams", _handler("invoice")),
    Endpoint("GET", "/v1/payment_intents/search", "PaymentIntentSearchParams", _handler("payment_intent")),
    Endpoint("GET", "/v1/charges/search", "ChargeSearchParams", _handler("charge")),
]
