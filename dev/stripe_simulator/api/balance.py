"""The account's balance, what moved it, and payouts."""

from collections.abc import Iterator

from dev.stripe_simulator.acts import money
from dev.stripe_simulator.api.call import Call, Endpoint
from dev.stripe_simulator.api.listing import listing
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.world import World


def balance(world: World, call: Call) -> Json:
    available = sum(row["net"] for row in money.not_paid_out(world))
    pending = sum(row["net"] for row in world.store.where("balance_transaction", status="pending"))
    return {
        "object": "balance",
        "available": [_part(available)],
        "livemode": False,
        "pending": [_part(pending)],
    }


def _part(amount: int) -> Json:
    return {"amount": amount, "currency": "usd", "source_types": {"card": amount}}


def retrieve(world: World, call: Call) -> Json:
    money.refresh(world)
    return world.store.get("balance_transaction", call.id)


def list_all(world: World, call: Call) -> Json:
    money.refresh(world)
    return listing(call, _rows(world, call))


def _rows(world: World, call: Call) -> Iterator[Json]:
    equal = {name: call.params[name] for name in ("source", "type", "currency") if name in call.params}
    payout = call.get("payout")
    for row in world.store.where("balance_transaction", **equal):
        if payout in (None, world.store.notes.get(row["id"], {}).get("payout")):
            yield row


def retrieve_payout(world: World, call: Call) -> Json:
    return world.store.get("payout", call.id)


def list_payouts(world: World, call: Call) -> Json:
    equal = {name: call.params[name] for name in ("status", "destination") if name in call.params}
    return listing(call, world.store.where("payout", **equal))


ENDPOINTS = [
    Endpoint("GET", "/v1/balance", "BalanceRetrieveParams", balance),
    Endpoint("GET", "/v1/balance_transactions", "BalanceTransactionListParams", list_all),
    Endpoint("GET", "/v1/balance_transactions/{id}", "BalanceTransactionRetrieveParams", retrieve),
    Endpoint("GET", "/v1/payouts", "PayoutListParams", list_payouts),
    Endpoint("GET", "/v1/payouts/{id}", "PayoutRetrieveParams", retrieve_payout),
]
