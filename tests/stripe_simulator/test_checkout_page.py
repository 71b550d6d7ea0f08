"""A buyer clicks through Checkout, with each test card, in a browser without JavaScript."""

import json
from typing import Any

import pytest

from dev.stripe_simulator.cards import BANKS, CARDS
from tests.stripe_simulator.conftest import SUCCESS, Browser, http, top_up
from tests.support.stripe import Stripe

PAID = SUCCESS.replace("{CHECKOUT_SESSION_ID}", "{}")


def open_page(client: Any, customer: Any, **more: Any) -> tuple[Any, Browser]:
    session = top_up(client, customer, **more)
    return session, Browser(session.url)


def status(client: Any, session: Any) -> tuple[str, str]:
    found = client.checkout.sessions.retrieve(session.id)
    return found.status, found.payment_status


def test_the_page_says_what_is_paid_and_that_no_money_moves(client: Any, customer: Any) -> None:
    _, page = open_page(client, customer)
    assert page.status == 200
    for words in ("Pay $25.00", "Total due today", "Credit", "No real money moves", "Back to the seller"):
        assert words in page.text


@pytest.mark.parametrize("number", ["4242424242424242", "4242 4242 4242 4242", "5555-5555-5555-4444"])
def test_a_typed_number_pays_and_leads_back(client: Any, customer: Any, number: str) -> None:
    session, page = open_page(client, customer)
    page.send(number=number)
    assert page.address == PAID.format(session.id)
    assert status(client, session) == ("complete", "paid")


@pytest.mark.parametrize("card", [card for card in CARDS if not card.decline and not card.authentication])
def test_a_picked_card_that_succeeds_pays(client: Any, customer: Any, card: Any) -> None:
    session, page = open_page(client, customer)
    page.send(card=card.token)
    assert page.address == PAID.format(session.id)
    assert client.customers.payment_methods.list(customer.id).data[0].card.last4 == card.last4


@pytest.mark.parametrize("card", [card for card in CARDS if card.decline])
def test_a_card_that_declines_says_why_and_keeps_the_page(client: Any, customer: Any, card: Any) -> None:
    session, page = open_page(client, customer)
    page.send(card=card.token)
    assert (page.status, "Your card " in page.text) == (402, True)
    assert status(client, session) == ("open", "unpaid")
    page.send(card="pm_card_visa")
    assert status(client, session) == ("complete", "paid")


@pytest.mark.parametrize("card", [card for card in CARDS if card.authentication])
def test_3d_secure_is_approved_on_a_page_of_its_own(client: Any, customer: Any, card: Any) -> None:
    session, page = open_page(client, customer)
    page.send(card=card.token)
    assert "Approve a payment of $25.00?" in page.text
    assert status(client, session) == ("open", "unpaid")
    page.send(0)
    assert page.address == PAID.format(session.id)
    assert status(client, session) == ("complete", "paid")


def test_refused_3d_secure_leads_back_to_the_page(client: Any, customer: Any) -> None:
    session, page = open_page(client, customer)
    page.send(number="4000002500003155")
    page.send(1)
    assert (page.status, "failed authentication" in page.text) == (402, True)
    assert status(client, session) == ("open", "unpaid")
    page.send(card="pm_card_visa")
    assert status(client, session) == ("complete", "paid")


@pytest.mark.parametrize("bank", BANKS)
def test_a_bank_account_leads_back_before_it_has_paid(client: Any, customer: Any, bank: Any) -> None:
    session, page = open_page(client, customer)
    page.send(card=bank.token)
    assert page.address == PAID.format(session.id)
    assert status(client, session) == ("complete", "unpaid")


@pytest.mark.parametrize(
    ("number", "words"),
    [("4242424242424241", "number is invalid"), ("4111111111111111", "non test card"), ("31415", "number is invalid")],
)
def test_a_number_of_no_test_card_is_refused(client: Any, customer: Any, number: str, words: str) -> None:
    session, page = open_page(client, customer)
    page.send(number=number)
    assert (page.status, words in page.text) == (402, True)
    assert number not in page.text
    assert status(client, session) == ("open", "unpaid")


def test_a_typed_number_is_kept_nowhere(simulated: Stripe, client: Any, customer: Any) -> None:
    _, page = open_page(client, customer)
    page.send(number="4242424242424242")
    events = [event.to_dict() for event in client.events.list({"limit": 100}).data]
    everything = json.dumps([simulated.happened(), events], default=str)
    assert "4242" in everything
    assert "424242424242" not in everything


def test_tax_is_shown_before_it_is_paid(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.control("taxes", DE=19)
    tax = {"automatic_tax": {"enabled": True}, "customer_update": {"address": "auto"}}
    session, page = open_page(client, customer, **tax)
    page.send(country="DE", name="Acme <b>")
    assert (page.status, "Pay $29.75" in page.text, "Acme &lt;b&gt;" in page.text) == (409, True, True)
    assert status(client, session) == ("open", "unpaid")
    page.send()
    assert page.address == PAID.format(session.id)
    assert client.customers.retrieve(customer.id).address.country == "DE"


def test_a_malformed_tax_id_is_told(client: Any, customer: Any) -> None:
    more = {"tax_id_collection": {"enabled": True}, "customer_update": {"name": "auto", "address": "auto"}}
    session, page = open_page(client, customer, **more)
    page.send(tax_value="nonsense")
    assert "Invalid value for eu_vat." in page.text
    page.send(tax_value="DE123456789", name="Acme")
    assert status(client, session) == ("complete", "paid")
    assert len(client.customers.tax_ids.list(customer.id).data) == 1


def test_a_page_that_is_over_takes_nothing(simulated: Stripe, client: Any, customer: Any) -> None:
    session, page = open_page(client, customer)
    client.checkout.sessions.expire(session.id)
    page.send()
    assert (page.status, "has expired" in page.text) == (410, True)
    paid, page = open_page(client, customer)
    simulated.submit(paid.id)
    page.open(paid.url)
    assert (page.status, "is done" in page.text) == (410, True)
    assert len(client.charges.list().data) == 1


def test_no_page_is_there_for_an_unknown_session(simulated: Stripe) -> None:
    assert Browser(f"{simulated.url}/c/pay/cs_test_unknown").status == 404
    assert Browser(f"{simulated.url}/3ds/pi_unknown").status == 404


def test_a_foreign_site_sends_no_forms(simulated: Stripe, client: Any, customer: Any) -> None:
    session = top_up(client, customer)
    answer = http.post(session.url, {"card": "pm_card_visa"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert status(client, session) == ("open", "unpaid")


def test_the_policy_lets_forms_lead_to_the_console_alone(simulated: Stripe, client: Any, customer: Any) -> None:
    _, page = open_page(client, customer)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {simulated.console};" in policy
