"""Refunds: never more than was paid, at once, later, or in vain."""

from typing import Any

import pytest
import stripe

from tests.stripe_simulator.conftest import paid, refused
from tests.support.stripe import DAY, Stripe


@pytest.fixture
def charge(simulated: Stripe, client: Any, customer: Any) -> str:
    return str(paid(simulated, client, customer, 2500).payment_intent.latest_charge.id)


def test_a_refund_above_the_charge_is_refused(client: Any, charge: str) -> None:
    error = refused(client.refunds.create, {"charge": charge, "amount": 2501})
    assert isinstance(error, stripe.InvalidRequestError)
    assert error.param == "amount"
    assert "($25.01) is greater than unrefunded amount on charge ($25.00)" in str(error)
    assert client.refunds.list().data == []


def test_parts_are_refunded_up_to_the_whole_and_not_a_cent_more(client: Any, charge: str) -> None:
    client.refunds.create({"charge": charge, "amount": 2000})
    assert "$5.00" in str(refused(client.refunds.create, {"charge": charge, "amount": 501}))
    client.refunds.create({"charge": charge, "amount": 500})
    found = client.charges.retrieve(charge)
    assert (found.amount_refunded, found.refunded) == (2500, True)
    assert refused(client.refunds.create, {"charge": charge}).code == "charge_already_refunded"


def test_without_an_amount_the_rest_is_refunded(client: Any, charge: str) -> None:
    client.refunds.create({"charge": charge, "amount": 700})
    assert client.refunds.create({"charge": charge}).amount == 1800


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_is_not_refunded(client: Any, charge: str, amount: int) -> None:
    error = refused(client.refunds.create, {"charge": charge, "amount": amount})
    assert (error.code, error.param) == ("parameter_invalid_integer", "amount")


def test_a_refund_moves_the_balance_and_keeps_the_fee(client: Any, charge: str) -> None:
    refund = client.refunds.create({"charge": charge, "amount": 1000, "reason": "requested_by_customer"})
    moved = client.balance_transactions.retrieve(refund.balance_transaction)
    assert (moved.type, moved.amount, moved.fee, moved.source) == ("refund", -1000, 0, refund.id)


def test_a_payment_that_failed_is_not_refunded(client: Any) -> None:
    asked = {"amount": 2500, "currency": "usd", "confirm": True, "payment_method": "pm_card_chargeDeclined"}
    refused(client.payment_intents.create, asked)
    intent = client.payment_intents.list().data[0]
    refused(client.refunds.create, {"payment_intent": intent.id})
    refused(client.refunds.create, {"charge": intent.latest_charge})


def test_a_refund_that_fails_gives_the_money_back(simulated: Stripe, client: Any, charge: str) -> None:
    refund = client.refunds.create({"charge": charge, "amount": 1000})
    assert refund.status == "succeeded"
    simulated.control(f"refunds/{refund.id}/settlement", succeeds=False)
    found = client.refunds.retrieve(refund.id)
    assert (found.status, found.failure_reason) == ("failed", "expired_or_canceled_card")
    returned = client.balance_transactions.retrieve(found.failure_balance_transaction)
    assert (returned.type, returned.amount) == ("refund_failure", 1000)
    assert client.charges.retrieve(charge).amount_refunded == 0
    assert simulated.events()[-2:] == ["refund.updated", "refund.failed"]


def test_refunds_can_be_told_to_take_a_day(simulated: Stripe, client: Any, charge: str) -> None:
    simulated.control("refunds", how="pending")
    refund = client.refunds.create({"charge": charge})
    assert refund.status == "pending"
    simulated.advance(DAY + 1)
    assert client.refunds.retrieve(refund.id).status == "succeeded"
    assert simulated.events().count("refund.updated") == 1


@pytest.mark.parametrize(
    ("card", "first", "last"),
    [("pm_card_pendingRefund", "pending", "succeeded"), ("pm_card_refundFail", "succeeded", "failed")],
)
def test_a_card_can_refund_later_or_fail(
    simulated: Stripe, client: Any, customer: Any, card: str, first: str, last: str
) -> None:
    session = paid(simulated, client, customer, card=card)
    refund = client.refunds.create({"payment_intent": session.payment_intent.id})
    assert refund.status == first
    simulated.advance(2 * DAY)
    assert client.refunds.retrieve(refund.id).status == last


def test_refunds_are_found_by_charge_and_payment(simulated: Stripe, client: Any, customer: Any, charge: str) -> None:
    refund = client.refunds.create({"charge": charge, "metadata": {"refund": "1"}})
    other = paid(simulated, client, customer)
    client.refunds.create({"payment_intent": other.payment_intent.id})
    assert [found.id for found in client.refunds.list({"charge": charge}).data] == [refund.id]
    expanded = client.charges.retrieve(charge, {"expand": ["refunds"]})
    assert expanded.refunds.data[0].metadata["refund"] == "1"
