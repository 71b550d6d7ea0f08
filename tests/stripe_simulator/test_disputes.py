"""Disputes: the money goes at once, and comes back when one is won."""

from typing import Any

import pytest

from tests.stripe_simulator.conftest import paid, refused
from tests.support.stripe import Stripe


@pytest.fixture
def charge(simulated: Stripe, client: Any, customer: Any) -> str:
    return str(paid(simulated, client, customer, 2500).payment_intent.latest_charge.id)


def balance(client: Any) -> int:
    return sum(moved.net for moved in client.balance_transactions.list({"limit": 100}).data)


def test_a_dispute_takes_money_and_fee(simulated: Stripe, client: Any, charge: str) -> None:
    before = balance(client)
    made = simulated.control("disputes", charge=charge)
    found = client.disputes.retrieve(made["id"])
    assert (found.status, found.amount, found.charge) == ("needs_response", 2500, charge)
    assert client.charges.retrieve(charge).disputed is True
    assert balance(client) == before - 2500 - 1500
    assert simulated.events()[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_a_disputed_charge_is_not_refunded(simulated: Stripe, client: Any, charge: str) -> None:
    simulated.control("disputes", charge=charge)
    assert refused(client.refunds.create, {"charge": charge}).code == "charge_disputed"


def test_a_dispute_that_is_won_brings_the_money_back(simulated: Stripe, client: Any, charge: str) -> None:
    before = balance(client)
    made = simulated.control("disputes", charge=charge, amount=1000, reason="product_not_received")
    simulated.control(f"disputes/{made['id']}/closure", won=True)
    assert client.disputes.retrieve(made["id"]).status == "won"
    assert client.charges.retrieve(charge).disputed is False
    assert balance(client) == before - 1500
    assert simulated.events()[-2:] == ["charge.dispute.funds_reinstated", "charge.dispute.closed"]


def test_a_dispute_that_is_lost_keeps_it(simulated: Stripe, client: Any, charge: str) -> None:
    made = simulated.control("disputes", charge=charge)
    before = balance(client)
    assert client.disputes.update(made["id"], {"evidence": {"uncategorized_text": "Used."}}).status == "under_review"
    assert client.disputes.close(made["id"]).status == "lost"
    assert balance(client) == before
    assert refused(client.disputes.close, made["id"]).code == "dispute_already_closed"


def test_one_card_is_disputed_as_soon_as_it_pays(simulated: Stripe, client: Any, customer: Any) -> None:
    session = paid(simulated, client, customer, card="pm_card_createDispute")
    found = client.disputes.list({"payment_intent": session.payment_intent.id}).data
    assert [dispute.reason for dispute in found] == ["fraudulent"]


@pytest.mark.parametrize("amount", [0, 2501])
def test_a_dispute_is_over_a_part_of_the_charge(simulated: Stripe, charge: str, amount: int) -> None:
    with pytest.raises(AssertionError, match="part of the charge"):
        simulated.control("disputes", charge=charge, amount=amount)
