"""The account's money: each charge, refund and dispute moves the balance, and what is there is paid out."""

from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.world import World

AVAILABLE_AFTER = 2 * 24 * 3600  # seconds
DISPUTE_FEE = 1500  # cents
CARD_FEE, BANK_FEE, MOST_BANK_FEE = (29, 30), 80, 500  # per mille and cents; hundredths of a per cent; cents


def charge_fee(amount: int, kind: str) -> int:
    if kind == "card":
        per_mille, fixed = CARD_FEE
        return (amount * per_mille + 500) // 1000 + fixed
    return min((amount * BANK_FEE + 5000) // 10000, MOST_BANK_FEE)


def move(world: World, type: str, amount: int, source: Json, *, fee: int = 0, description: str | None = None) -> Json:
    """Add a balance transaction and return it."""
    category = {"adjustment": "dispute", "payment": "charge", "refund_failure": "refund_failure"}.get(type, type)
    fees = [{"amount": fee, "application": None, "currency": "usd", "description": _FEE, "type": "stripe_fee"}]
    made = world.make(
        "balance_transaction",
        "txn",
        amount=amount,
        available_on=world.now() + AVAILABLE_AFTER,
        balance_type="payments",
        currency="usd",
        description=description,
        exchange_rate=None,
        fee=fee,
        fee_details=fees if fee else [],
        net=amount - fee,
        reporting_category=category,
        source=source["id"],
        status="pending",
        type=type,
    )
    del made["livemode"]
    return made


_FEE = "Stripe processing fees"


def refresh(world: World) -> None:
    """Make available what has waited long enough."""
    for made in world.store.where("balance_transaction", status="pending"):
        if made["available_on"] <= world.now():
            made["status"] = "available"


def not_paid_out(world: World) -> list[Json]:
    """Return the available balance transactions that no payout holds."""
    refresh(world)
    notes = world.store.notes
    found = world.store.where("balance_transaction", status="available")
    return [made for made in found if "payout" not in notes.get(made["id"], {}) and made["type"] != "payout"]


def pay_out(world: World) -> Json | None:
    """Pay out what is available; None when that is nothing."""
    rows = not_paid_out(world)
    amount = sum(row["net"] for row in rows)
    if amount <= 0:
        return None
    payout = world.make(
        "payout",
        "po",
        amount=amount,
        arrival_date=world.now(),
        automatic=True,
        balance_transaction=None,
        currency="usd",
        description="STRIPE PAYOUT",
        destination="ba_simulator",
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        metadata={},
        method="standard",
        original_payout=None,
        reconciliation_status="completed",
        reversed_by=None,
        source_type="card",
        statement_descriptor=None,
        status="pending",
        type="bank_account",
    )
    _book(world, payout, rows)
    return payout


def _book(world: World, payout: Json, rows: list[Json]) -> None:
    made = move(world, "payout", -payout["amount"], payout, description="STRIPE PAYOUT")
    made.update(status="available", available_on=world.now())
    payout["balance_transaction"] = made["id"]
    for row in [made, *rows]:
        world.store.note(row["id"], payout=payout["id"])
    world.emit("payout.created", payout)
    payout["status"] = "paid"
    world.emit("payout.paid", payout, {"status": "pending"})
