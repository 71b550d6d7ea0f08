"""Payment and setup intents by program, with Stripe's tokens for cards."""

from typing import Any

import pytest
import stripe

from tests.stripe_simulator.conftest import refused, top_up
from tests.support.stripe import DAY, Stripe


def pay(client: Any, token: str, **more: Any) -> Any:
    asked = {"amount": 2500, "currency": "usd", "confirm": True, "payment_method": token, **more}
    return client.payment_intents.create(asked)


def test_a_good_card_pays_and_the_fee_is_known(client: Any) -> None:
    intent = pay(client, "pm_card_visa", metadata={"topup": "1"})
    assert (intent.status, intent.amount_received) == ("succeeded", 2500)
    found = client.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})
    charge = found.latest_charge
    assert (charge.status, charge.paid, charge.amount_captured) == ("succeeded", True, 2500)
    assert (charge.balance_transaction.fee, charge.balance_transaction.net) == (103, 2397)
    assert charge.metadata["topup"] == "1"


@pytest.mark.parametrize(
    ("token", "code", "decline"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
def test_a_declined_card_says_why(simulated: Stripe, client: Any, token: str, code: str, decline: str) -> None:
    error = refused(pay, client, token)
    assert isinstance(error, stripe.CardError)
    assert (error.http_status, error.code, error.json_body["error"]["decline_code"]) == (402, code, decline)
    intent = client.payment_intents.list().data[0]
    assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", code)
    assert client.charges.retrieve(intent.latest_charge).status == "failed"
    assert client.balance_transactions.list().data == []
    assert simulated.events()[-1] == "payment_intent.payment_failed"


def test_another_card_pays_what_one_declined(client: Any) -> None:
    refused(pay, client, "pm_card_chargeDeclined")
    intent = client.payment_intents.list().data[0]
    assert client.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


def test_a_card_with_3d_secure_asks_its_holder(simulated: Stripe, client: Any) -> None:
    intent = pay(client, "pm_card_authenticationRequired")
    assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
    simulated.control(f"payments/{intent.id}/authentication", approved=True)
    assert client.payment_intents.retrieve(intent.id).status == "succeeded"


def test_refused_3d_secure_pays_nothing(simulated: Stripe, client: Any) -> None:
    intent = pay(client, "pm_card_authenticationRequired")
    simulated.control(f"payments/{intent.id}/authentication", approved=False)
    found = client.payment_intents.retrieve(intent.id)
    assert found.status == "requires_payment_method"
    assert found.last_payment_error.code == "payment_intent_authentication_failure"


def test_without_its_holder_such_a_card_is_declined(client: Any) -> None:
    error = refused(lambda: pay(client, "pm_card_authenticationRequired", off_session=True))
    assert error.code == "authentication_required"


def test_a_card_that_was_set_up_with_3d_secure_pays_without_its_holder(
    simulated: Stripe, client: Any, customer: Any
) -> None:
    asked = {"customer": customer.id, "confirm": True, "payment_method": "pm_card_authenticationRequiredOnSetup"}
    intent = client.setup_intents.create(asked)
    assert intent.status == "requires_action"
    simulated.control(f"payments/{intent.id}/authentication", approved=True)
    intent = client.setup_intents.retrieve(intent.id)
    assert intent.status == "succeeded"
    paid = pay(client, intent.payment_method, customer=customer.id, off_session=True)
    assert paid.status == "succeeded"


def test_a_card_that_was_approved_at_a_purchase_pays_without_its_holder_later(
    simulated: Stripe, client: Any, customer: Any
) -> None:
    session = top_up(client, customer)
    simulated.submit(session.id, "pm_card_authenticationRequiredOnSetup")
    intent = client.checkout.sessions.retrieve(session.id).payment_intent
    simulated.control(f"payments/{intent}/authentication", approved=True)
    card = client.customers.payment_methods.list(customer.id).data[0]
    assert pay(client, card.id, customer=customer.id, off_session=True).status == "succeeded"


def test_a_card_of_another_customer_pays_nothing(simulated: Stripe, client: Any, customer: Any) -> None:
    card = simulated.save_card(client.customers.create({}).id)
    error = refused(lambda: pay(client, card, customer=customer.id))
    assert error.code == "payment_method_customer_mismatch"


def test_a_bank_account_pays_some_days_later(simulated: Stripe, client: Any) -> None:
    intent = pay(client, "pm_usBankAccount_success")
    assert intent.status == "processing"
    simulated.advance(3 * DAY)
    assert client.payment_intents.retrieve(intent.id).status == "processing"
    simulated.advance(2 * DAY)
    assert client.payment_intents.retrieve(intent.id).status == "succeeded"
    assert [found.fee for found in client.balance_transactions.list({"type": "payment"}).data] == [20]


def test_a_bank_account_fails_some_days_later(simulated: Stripe, client: Any) -> None:
    intent = pay(client, "pm_usBankAccount_insufficientFunds")
    simulated.advance(5 * DAY)
    found = client.payment_intents.retrieve(intent.id)
    assert (found.status, found.amount_received) == ("requires_payment_method", 0)


def test_an_intent_is_cancelled_once_and_not_when_it_is_paid(client: Any) -> None:
    intent = client.payment_intents.create({"amount": 2500, "currency": "usd"})
    cancelled = client.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    for closed in (intent, pay(client, "pm_card_visa")):
        assert refused(client.payment_intents.cancel, closed.id).code == "payment_intent_unexpected_state"


def test_a_paid_intent_is_not_paid_again(client: Any) -> None:
    intent = pay(client, "pm_card_visa")
    error = refused(client.payment_intents.confirm, intent.id, {"payment_method": "pm_card_visa"})
    assert error.code == "payment_intent_unexpected_state"
    assert len(client.charges.list({"payment_intent": intent.id}).data) == 1


def test_a_declining_card_is_not_set_up(client: Any, customer: Any) -> None:
    asked = {"customer": customer.id, "confirm": True, "payment_method": "pm_card_chargeDeclined"}
    assert isinstance(refused(client.setup_intents.create, asked), stripe.CardError)
    assert client.setup_intents.list().data[0].last_setup_error.code == "card_declined"
