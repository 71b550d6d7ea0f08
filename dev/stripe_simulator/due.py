"""What falls due by itself: expiry, automatic finalization, dunning, settlements, payouts. Done in order of time."""

from collections.abc import Callable, Iterator
from functools import partial

from dev.stripe_simulator.acts import checkout, collecting, money, refunds
from dev.stripe_simulator.acts.conclude import settle
from dev.stripe_simulator.acts.payment_methods import card_of
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.world import World

Due = tuple[float, Callable[[], object]]
DAY = 24 * 3600


def advance(world: World, seconds: float) -> None:
    """Move the clock on, and do what falls due meanwhile at its own moment."""
    end = world.clock.exact() + seconds
    _do_until(world, end)
    world.clock.ahead += seconds


def catch_up(world: World) -> None:
    """Do what has fallen due by now."""
    _do_until(world, world.clock.exact())


def _do_until(world: World, end: float) -> None:
    try:
        while (first := min(_coming(world), key=lambda due: due[0], default=None)) and first[0] <= end:
            world.clock.hold(first[0])
            first[1]()
    finally:
        world.clock.release()


def _coming(world: World) -> Iterator[Due]:
    yield from _sessions(world)
    yield from _invoices(world)
    yield from _settlements(world)
    yield from _payouts(world)


def _sessions(world: World) -> Iterator[Due]:
    for session in world.store.where("checkout.session", status="open"):
        yield session["expires_at"], partial(checkout.expire, world, session)


def _invoices(world: World) -> Iterator[Due]:
    for invoice in world.store.where("invoice", status="draft"):
        if invoice["auto_advance"] and invoice["automatically_finalizes_at"]:
            yield invoice["automatically_finalizes_at"], partial(collecting.advance, world, invoice)
    for invoice in world.store.where("invoice", status="open"):
        if invoice["next_payment_attempt"]:
            yield invoice["next_payment_attempt"], partial(collecting.retry, world, invoice)
        if invoice["due_date"] and "overdue" not in world.store.note(invoice["id"]):
            yield invoice["due_date"], partial(_overdue, world, invoice)


def _overdue(world: World, invoice: Json) -> None:
    world.store.note(invoice["id"], overdue=True)
    world.emit("invoice.overdue", invoice)


def _settlements(world: World) -> Iterator[Due]:
    for intent in world.store.where("payment_intent", status="processing"):
        yield world.store.notes[intent["id"]]["settles"], partial(_settle, world, intent)
    for refund in world.store.where("refund"):
        at = world.store.notes.get(refund["id"], {}).get("settles")
        if at:
            yield at, partial(_settle_refund, world, refund)


def _settle(world: World, intent: Json) -> None:
    card = card_of(world, world.store.get("payment_method", intent["payment_method"]))
    settle(world, intent, succeeds=card.settles == "later")


def _settle_refund(world: World, refund: Json) -> None:
    refunds.settle(world, refund, succeeds=world.store.notes[refund["id"]]["succeeds"])


def _payouts(world: World) -> Iterator[Due]:
    """Pay out at the midnight after money becomes available."""
    notes = world.store.notes
    waiting = [
        row["available_on"]
        for row in world.store.where("balance_transaction")
        if row["type"] != "payout" and "payout" not in notes.get(row["id"], {})
    ]
    if waiting:
        at = max(min(waiting), notes.get("payouts", {}).get("last", 0))
        yield (at // DAY + 1) * DAY, partial(_pay_out, world)


def _pay_out(world: World) -> None:
    world.store.note("payouts", last=world.now())
    money.pay_out(world)
