"""Lists: newest first, a page at a time; and `expand`, which puts objects in the place of their ids."""

import copy
from collections.abc import Callable, Iterable
from typing import Any

from dev.stripe_simulator.api.call import Call
from dev.stripe_simulator.errors import Json, StripeError, invalid
from dev.stripe_simulator.store import Store

MOST, USUAL = 100, 10
_KINDS = {
    "cus": "customer",
    "pi": "payment_intent",
    "seti": "setup_intent",
    "pm": "payment_method",
    "ch": "charge",
    "py": "charge",
    "re": "refund",
    "in": "invoice",
    "ii": "invoiceitem",
    "cn": "credit_note",
    "txn": "balance_transaction",
    "du": "dispute",
    "po": "payout",
}
Part = Callable[[Store, Json], Json]


def listing(call: Call, found: Iterable[Json], *, order: str = "created") -> Json:
    """Return a page of what was found, oldest first as the store has it."""
    rows = [row for row in found if _in_range(row.get(order, 0), call.get("created"))]
    rows.reverse()
    page, more = _page(rows, call)
    return {"object": "list", "data": page, "has_more": more, "url": call.path}


def _in_range(at: int, asked: Any) -> bool:
    if asked is None:
        return True
    if isinstance(asked, int):
        return at == asked
    above, below = asked.get("gt", at - 1), asked.get("lt", at + 1)
    least, most = asked.get("gte", at), asked.get("lte", at)
    return bool(above < at < below and least <= at <= most)


def _page(rows: list[Json], call: Call) -> tuple[list[Json], bool]:
    limit = call.get("limit", USUAL)
    if not 1 <= limit <= MOST:
        raise invalid("Invalid limit: must be between 1 and 100", "limit", "parameter_invalid_integer")
    after, before = call.get("starting_after"), call.get("ending_before")
    if after and before:
        text = "You may only specify one of these parameters: starting_after, ending_before."
        raise invalid(text, "ending_before", "parameters_exclusive")
    if before:
        rows = rows[: _place(rows, before, "ending_before")]
        return rows[-limit:], len(rows) > limit
    if after:
        rows = rows[_place(rows, after, "starting_after") + 1 :]
    return rows[:limit], len(rows) > limit


def _place(rows: list[Json], id: str, param: str) -> int:
    for place, row in enumerate(rows):
        if row["id"] == id:
            return place
    raise StripeError(f"No such object: '{id}'", code="resource_missing", param=param)


def listed(rows: list[Json], url: str) -> Json:
    """Return the list object of a part, such as an invoice's lines."""
    return {"object": "list", "data": rows, "has_more": False, "url": url}


def expanded(store: Store, answer: Json, paths: list[str], parts: dict[str, Part]) -> Json:
    """Return the answer with what `expand` asks for. `parts`: what only `expand` shows, by "kind.field"."""
    answer = copy.deepcopy(answer)
    for path in paths:
        _expand(store, answer, path.split("."), path, parts)
    return answer


def _expand(store: Store, within: Json, path: list[str], whole: str, parts: dict[str, Part]) -> None:
    name, *rest = path
    if name == "data" and within.get("object") == "list":
        for row in within["data"]:
            _expand(store, row, rest, whole, parts)
        return
    found = _found(store, within, name, whole, parts)
    within[name] = found
    if rest and isinstance(found, dict):
        _expand(store, found, rest, whole, parts)


def _found(store: Store, within: Json, name: str, whole: str, parts: dict[str, Part]) -> Any:
    if part := parts.get(f"{within.get('object')}.{name}"):
        return copy.deepcopy(part(store, within))
    value = within.get(name)
    if name != "id" and isinstance(value, str) and (kind := _KINDS.get(value.partition("_")[0])):
        return copy.deepcopy(store.get(kind, value))
    if name not in within or isinstance(value, str | int | float):
        text = f"This property cannot be expanded ({whole})."
        raise StripeError(text, code="property_not_expandable", param="expand", stored=False)
    return value
