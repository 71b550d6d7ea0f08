"""Credit notes: of an open invoice they lower what is due, of a paid one they say where the money goes."""

from dev.stripe_simulator.acts import credit_notes
from dev.stripe_simulator.amounts import positive
from dev.stripe_simulator.api.call import Call, Endpoint, changed, metadata, unsupported
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json, invalid
from dev.stripe_simulator.parameters import only_one
from dev.stripe_simulator.world import World


def create(world: World, call: Call) -> Json:
    unsupported(call.params, "shipping_cost", "effective_at")
    invoice = world.store.get("invoice", call.params["invoice"], "invoice")
    parts = credit_notes.Parts(
        refund=_part(call, "refund_amount"),
        credit=_part(call, "credit_amount"),
        out_of_band=_part(call, "out_of_band_amount"),
        refunds={given.get("refund", ""): given.get("amount_refunded") for given in call.get("refunds", [])},
    )
    return credit_notes.issue(
        world,
        invoice,
        _amount(call),
        parts,
        memo=call.get("memo"),
        reason=call.get("reason"),
        metadata=metadata({}, call.get("metadata")),
    )


def _part(call: Call, name: str) -> int:
    return positive(call.params[name], name) if name in call.params else 0


def _amount(call: Call) -> int:
    if only_one(call.params, "amount", "lines") == "amount":
        return positive(call.params["amount"])
    return positive(sum(_line(line, place) for place, line in enumerate(call.params["lines"])), "lines")


def _line(line: Json, place: int) -> int:
    unsupported(line, "tax_amounts", "tax_rates", "unit_amount_decimal")
    if "amount" in line:
        return int(line["amount"])
    if "unit_amount" not in line:
        raise invalid("A line needs amount or unit_amount.", f"lines[{place}][amount]", "parameter_missing")
    return int(line["unit_amount"]) * int(line.get("quantity", 1))


def void(world: World, call: Call) -> Json:
    return credit_notes.void(world, world.store.get("credit_note", call.id))


def update(world: World, call: Call) -> Json:
    note = world.store.get("credit_note", call.id)
    values: Json = {"memo": call.get("memo", note["memo"])}
    values["metadata"] = metadata(note["metadata"], call.get("metadata"))
    world.emit("credit_note.updated", note, changed(note, **values))
    return note


def retrieve(world: World, call: Call) -> Json:
    return world.store.get("credit_note", call.id)


def list_all(world: World, call: Call) -> Json:
    equal = {name: call.params[name] for name in ("customer", "invoice") if name in call.params}
    return listing(call, world.store.where("credit_note", **equal))


ENDPOINTS = [
    Endpoint("POST", "/v1/credit_notes", "CreditNoteCreateParams", create),
    Endpoint("GET", "/v1/credit_notes", "CreditNoteListParams", list_all),
    Endpoint("GET", "/v1/credit_notes/{id}", "CreditNoteRetrieveParams", retrieve),
    Endpoint("POST", "/v1/credit_notes/{id}", "CreditNoteUpdateParams", update),
    Endpoint("POST", "/v1/credit_notes/{id}/void", "CreditNoteVoidCreditNoteParams", void),
]
