"""Checkout sessions by program: what is refused, how they end, what they leave."""

from time import time
from typing import Any

import pytest

from tests.stripe_simulator.conftest import SUCCESS, line, paid, refused, top_up
from tests.support.stripe import DAY, HOUR, Stripe

GERMANY = {"line1": "Hauptstraße 1", "city": "Berlin", "postal_code": "10115", "country": "DE"}


def test_a_session_is_open_with_a_page_and_no_payment(client: Any, customer: Any) -> None:
    session = top_up(client, customer)
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 2500)
    assert session.payment_intent is None
    assert session.url.endswith(f"/c/pay/{session.id}")
    assert client.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]}).line_items.data[0].quantity == 1


def test_a_paid_session_leaves_payment_card_and_invoice(simulated: Stripe, client: Any, customer: Any) -> None:
    session = paid(simulated, client, customer)
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert session.payment_intent.metadata["topup"] == "1"
    invoice = client.invoices.retrieve(session.invoice, {"expand": ["payments"]})
    assert (invoice.status, invoice.amount_paid, invoice.customer) == ("paid", 2500, customer.id)
    assert invoice.payments.data[0].payment.payment_intent == session.payment_intent.id
    assert [card.card.last4 for card in client.customers.payment_methods.list(customer.id).data] == ["4242"]
    assert simulated.events()[-1] == "checkout.session.completed"


def test_the_payment_leads_to_its_invoice(simulated: Stripe, client: Any, customer: Any) -> None:
    session = paid(simulated, client, customer)
    asked = {"payment": {"type": "payment_intent", "payment_intent": session.payment_intent.id}}
    assert client.invoice_payments.list(asked).data[0].invoice == session.invoice


def test_days_after_the_clock_was_moved_ahead_a_page_opens_all_the_same(
    simulated: Stripe, client: Any, customer: Any
) -> None:
    simulated.advance(40 * DAY)
    session = top_up(client, customer, expires_at=int(time()) + 23 * HOUR)
    assert session.status == "open"
    simulated.advance(22 * HOUR)
    assert client.checkout.sessions.retrieve(session.id).status == "open"
    simulated.advance(2 * HOUR)
    assert client.checkout.sessions.retrieve(session.id).status == "expired"


def test_a_declined_session_stays_open_and_takes_another_card(simulated: Stripe, client: Any, customer: Any) -> None:
    session = top_up(client, customer)
    error = simulated.submit(session.id, "pm_card_chargeDeclined")["error"]
    assert error["decline_code"] == "generic_decline"
    assert client.checkout.sessions.retrieve(session.id).status == "open"
    assert simulated.submit(session.id)["error"] is None
    assert len(client.payment_intents.list().data) == 1


@pytest.mark.parametrize(
    ("succeeds", "event", "status"),
    [
        (True, "checkout.session.async_payment_succeeded", "paid"),
        (False, "checkout.session.async_payment_failed", "unpaid"),
    ],
)
def test_a_bank_account_completes_now_and_is_settled_later(
    simulated: Stripe, client: Any, customer: Any, succeeds: bool, event: str, status: str
) -> None:
    session = paid(simulated, client, customer, card="pm_usBankAccount_success")
    assert (session.status, session.payment_status, session.invoice) == ("complete", "unpaid", None)
    simulated.control(f"payments/{session.payment_intent.id}/settlement", succeeds=succeeds)
    found = client.checkout.sessions.retrieve(session.id)
    assert found.payment_status == status
    assert (found.invoice is not None) == succeeds
    assert simulated.events().count(event) == 1


def test_a_session_of_cards_alone_takes_no_bank_account(simulated: Stripe, client: Any, customer: Any) -> None:
    session = top_up(client, customer, allowed_payment_method_types=["card"])
    with pytest.raises(AssertionError, match="does not take us_bank_account"):
        simulated.submit(session.id, "pm_usBankAccount_success")


def test_a_session_expires_by_itself_or_when_it_is_told_to(simulated: Stripe, client: Any, customer: Any) -> None:
    soon = top_up(client, customer, expires_at=simulated.happened()["now"] + HOUR)
    late, told = top_up(client, customer), top_up(client, customer)
    client.checkout.sessions.expire(told.id)
    simulated.advance(2 * HOUR)
    statuses = [client.checkout.sessions.retrieve(one.id).status for one in (soon, late, told)]
    assert statuses == ["expired", "open", "expired"]
    simulated.advance(DAY)
    assert client.checkout.sessions.retrieve(late.id).status == "expired"
    assert simulated.events().count("checkout.session.expired") == 3


def test_a_session_that_is_over_cannot_expire(simulated: Stripe, client: Any, customer: Any) -> None:
    session = paid(simulated, client, customer)
    assert "status of complete" in str(refused(client.checkout.sessions.expire, session.id))
    assert client.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_setup_saves_a_card_and_charges_nothing(simulated: Stripe, client: Any, customer: Any) -> None:
    session = client.checkout.sessions.create({"mode": "setup", "customer": customer.id, "success_url": SUCCESS})
    assert simulated.submit(session.id, "pm_card_chargeCustomerFail")["error"] is None
    found = client.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.payment_method"]})
    assert (found.status, found.payment_status) == ("complete", "no_payment_required")
    assert (found.setup_intent.status, found.setup_intent.payment_method.customer) == ("succeeded", customer.id)
    assert client.charges.list().data == []


def test_a_guest_becomes_a_customer_where_something_needs_one(simulated: Stripe, client: Any) -> None:
    asked = {"mode": "payment", "line_items": [line()], "success_url": SUCCESS, "customer_creation": "always"}
    session = client.checkout.sessions.create(asked)
    simulated.submit(session.id, email="guest@b.example")
    found = client.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})
    assert found.customer.email == "guest@b.example"


def test_what_was_typed_goes_to_the_customer_only_if_allowed(simulated: Stripe, client: Any, customer: Any) -> None:
    paid(simulated, client, customer, name="Acme", address=GERMANY)
    assert client.customers.retrieve(customer.id).address is None
    session = top_up(client, customer, customer_update={"address": "auto", "name": "auto"})
    simulated.submit(session.id, name="Acme", address=GERMANY)
    found = client.customers.retrieve(customer.id)
    assert (found.name, found.address.country) == ("Acme", "DE")


def test_tax_is_added_where_the_seller_is_registered(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.control("taxes", DE=19)
    session = top_up(client, customer, automatic_tax={"enabled": True}, customer_update={"address": "auto"})
    assert simulated.submit(session.id, address=GERMANY)["error"] is None
    found = client.checkout.sessions.retrieve(session.id)
    assert (found.amount_subtotal, found.total_details.amount_tax, found.amount_total) == (2500, 475, 2975)
    invoice = client.invoices.retrieve(found.invoice)
    assert (invoice.subtotal, invoice.total_taxes[0].amount, invoice.total) == (2500, 475, 2975)


def test_a_business_with_a_vat_id_pays_no_tax(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.control("taxes", DE=19)
    session = top_up(
        client,
        customer,
        automatic_tax={"enabled": True},
        tax_id_collection={"enabled": True},
        customer_update={"address": "auto", "name": "auto"},
    )
    simulated.submit(session.id, name="Acme", address=GERMANY, tax_id=["eu_vat", "DE123456789"])
    assert client.checkout.sessions.retrieve(session.id).amount_total == 2500
    assert [found.value for found in client.customers.tax_ids.list(customer.id).data] == ["DE123456789"]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"automatic_tax": {"enabled": True}}, "automatic_tax"),
        ({"tax_id_collection": {"enabled": True}}, "tax_id_collection[enabled]"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"line_items": []}, "line_items"),
        ({"line_items": [line(49)]}, "line_items"),
        ({"line_items": [line(100_000_000)]}, "line_items[0][price_data][unit_amount]"),
        ({"line_items": [line(quantity=0)]}, "line_items[0][quantity]"),
        ({"line_items": [line(), {"quantity": 1}]}, "line_items[1][price_data]"),
        ({"allowed_payment_method_types": ["klarna"]}, "allowed_payment_method_types"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"customer_email": "a@b.example"}, "customer_email"),
        ({"mode": "subscription"}, "mode"),
    ],
)
def test_a_session_that_cannot_be_is_refused(client: Any, customer: Any, more: dict[str, Any], param: str) -> None:
    assert refused(lambda: top_up(client, customer, **more)).param == param


@pytest.mark.parametrize("after", [60, 25 * HOUR])
def test_a_session_lives_between_half_an_hour_and_a_day(
    simulated: Stripe, client: Any, customer: Any, after: int
) -> None:
    at = simulated.happened()["now"] + after
    assert refused(lambda: top_up(client, customer, expires_at=at)).param == "expires_at"


def test_sessions_are_listed_by_customer_and_status(simulated: Stripe, client: Any, customer: Any) -> None:
    done = paid(simulated, client, customer)
    other = top_up(client, client.customers.create({}))
    assert [found.id for found in client.checkout.sessions.list({"customer": customer.id}).data] == [done.id]
    assert [found.id for found in client.checkout.sessions.list({"status": "open"}).data] == [other.id]
    intent = {"payment_intent": done.payment_intent.id}
    assert [found.id for found in client.checkout.sessions.list(intent).data] == [done.id]
