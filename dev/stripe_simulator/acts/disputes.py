"""Disputes: the money goes at once, with a fee, and comes back when one is won."""

from dev.stripe_simulator.acts import money
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.world import World

TIME_TO_ANSWER = 7 * 24 * 3600  # seconds


def dispute(world: World, charge: Json, amount: int | None = None, reason: str = "fraudulent") -> Json:
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise StripeError("This charge can't be disputed.", param="charge")
    amount = charge["amount"] - charge["amount_refunded"] if amount is None else amount
    if not 0 < amount <= charge["amount"]:
        raise StripeError("A dispute is over a part of the charge, or all of it.", param="amount")
    made = world.make(
        "dispute",
        "du",
        amount=amount,
        balance_transactions=[],
        charge=charge["id"],
        currency="usd",
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={
            "due_by": world.now() + TIME_TO_ANSWER,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details=None,
        reason=reason,
        status="needs_response",
    )
    charge["disputed"] = True
    made["balance_transactions"].append(money.move(world, "adjustment", -amount, made, fee=money.DISPUTE_FEE))
    world.emit("charge.dispute.created", made)
    world.emit("charge.dispute.funds_withdrawn", made)
    return made


def close(world: World, found: Json, *, won: bool) -> Json:
    if found["status"] in ("won", "lost"):
        raise StripeError("This dispute is already closed.", code="dispute_already_closed")
    before = {"status": found["status"]}
    found["status"] = "won" if won else "lost"
    if won:
        found["balance_transactions"].append(money.move(world, "adjustment", found["amount"], found))
        charge = world.store.get("charge", found["charge"])
        charge["disputed"] = False
        world.emit("charge.dispute.funds_reinstated", found)
    world.emit("charge.dispute.closed", found, before)
    return found
