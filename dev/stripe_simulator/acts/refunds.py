"""Refunds: at most what is left of a charge; some succeed or fail only later, as their card says."""

from typing import Any

from dev.stripe_simulator.acts import money
from dev.stripe_simulator.acts.payment_methods import card_of
from dev.stripe_simulator.amounts import dollars, positive
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.world import World

SETTLES_AFTER = 24 * 3600  # seconds


def refund(world: World, charge: Json, amount: int | None, *, reason: str | None = None, **values: Any) -> Json:
    amount = _check(charge, amount)
    made = world.make(
        "refund",
        "re",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency="usd",
        destination_details={"card": {"type": "refund"}, "type": "card"},
        failure_balance_transaction=None,
        failure_reason=None,
        metadata={},
        payment_intent=charge["payment_intent"],
        pending_reason=None,
        reason=reason,
        receipt_number=None,
        source_transfer_reversal=None,
        status="pending",
        transfer_reversal=None,
    )
    del made["livemode"]
    made.update(values)
    made["balance_transaction"] = money.move(world, "refund", -amount, made)["id"]
    _take_off(world, charge, amount)
    _begin(world, made, charge)
    return made


def settle(world: World, refund: Json, *, succeeds: bool) -> Json:
    if refund["status"] not in ("pending", "succeeded") or (succeeds and refund["status"] != "pending"):
        raise StripeError(f"This refund has a status of {refund['status']}.")
    before = {"status": refund["status"]}
    world.store.note(refund["id"], settles=None)
    if succeeds:
        refund["status"] = "succeeded"
        world.emit("refund.updated", refund, before)
        return refund
    charge = world.store.get("charge", refund["charge"])
    refund.update(status="failed", failure_reason="expired_or_canceled_card")
    moved = money.move(world, "refund_failure", refund["amount"], refund)
    refund["failure_balance_transaction"] = moved["id"]
    charge.update(amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
    world.emit("refund.updated", refund, before)
    world.emit("refund.failed", refund)
    return refund


def _check(charge: Json, amount: int | None) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise StripeError("This charge has not succeeded, so it can't be refunded.", param="charge")
    if charge["disputed"]:
        text = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise StripeError(text, code="charge_disputed")
    if left == 0:
        text = f"Charge {charge['id']} has already been refunded."
        raise StripeError(text, code="charge_already_refunded")
    if amount is not None and positive(amount) > left:
        text = f"Refund amount ({dollars(amount)}) is greater than unrefunded amount on charge ({dollars(left)})"
        raise StripeError(text, param="amount")
    return left if amount is None else amount


def _take_off(world: World, charge: Json, amount: int) -> None:
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    refunded = charge["amount_refunded"] + amount
    charge.update(amount_refunded=refunded, refunded=refunded == charge["amount"])
    world.emit("charge.refunded", charge, before)


def _begin(world: World, made: Json, charge: Json) -> None:
    method = world.store.get("payment_method", charge["payment_method"])
    how = world.store.notes.get("refunds", {}).get("how") or card_of(world, method).refund
    if how != "pending":
        made["status"] = "succeeded"
    if how:
        world.store.note(made["id"], settles=world.now() + SETTLES_AFTER, succeeds=how == "pending")
    world.emit("refund.created", made)
    world.emit("charge.refund.updated", made)
