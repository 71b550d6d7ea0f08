"""What moved the balance, and what was paid out."""

from typing import Any

from tests.stripe_simulator.conftest import paid
from tests.support.stripe import DAY, Stripe


def test_money_is_pending_then_available_then_paid_out(simulated: Stripe, client: Any, customer: Any) -> None:
    paid(simulated, client, customer, 2500)
    assert (client.balance.retrieve().pending[0].amount, client.balance.retrieve().available[0].amount) == (2397, 0)
    simulated.advance(4 * DAY)
    assert (client.balance.retrieve().pending[0].amount, client.balance.retrieve().available[0].amount) == (0, 0)
    payout = client.payouts.list().data[0]
    assert (payout.amount, payout.status) == (2397, "paid")
    assert simulated.events()[-2:] == ["payout.created", "payout.paid"]


def test_a_payout_tells_what_it_is_made_of(simulated: Stripe, client: Any, customer: Any) -> None:
    session = paid(simulated, client, customer, 2500)
    client.refunds.create({"payment_intent": session.payment_intent.id, "amount": 500})
    simulated.advance(4 * DAY)
    payout = client.payouts.list({"status": "paid"}).data[0]
    parts = client.balance_transactions.list({"payout": payout.id}).data
    assert sorted((part.type, part.net) for part in parts) == [("charge", 2397), ("payout", -1897), ("refund", -500)]


def test_everything_that_moved_sums_up_to_what_is_there(simulated: Stripe, client: Any, customer: Any) -> None:
    session = paid(simulated, client, customer, 5000)
    client.refunds.create({"payment_intent": session.payment_intent.id, "amount": 1000})
    made = simulated.control("disputes", charge=paid(simulated, client, customer, 3000).payment_intent.latest_charge.id)
    simulated.control(f"disputes/{made['id']}/closure", won=True)
    moved = sum(one.net for one in client.balance_transactions.list({"limit": 100}).data)
    now = client.balance.retrieve()
    assert moved == now.available[0].amount + now.pending[0].amount
    simulated.advance(10 * DAY)
    assert sum(one.net for one in client.balance_transactions.list({"limit": 100}).data) == 0


def test_a_balance_below_zero_is_not_paid_out(simulated: Stripe, client: Any, customer: Any) -> None:
    session = paid(simulated, client, customer, 1000)
    client.refunds.create({"payment_intent": session.payment_intent.id})
    simulated.advance(10 * DAY)
    assert client.payouts.list().data == []
    assert client.balance.retrieve().available[0].amount == -59


def test_balance_transactions_are_found_by_source_and_type(simulated: Stripe, client: Any, customer: Any) -> None:
    charge = paid(simulated, client, customer).payment_intent.latest_charge
    found = client.balance_transactions.list({"source": charge.id, "type": "charge"}).data
    assert [one.id for one in found] == [charge.balance_transaction]
