"""The customer portal, clicked through."""

from typing import Any

import pytest

from tests.stripe_simulator.conftest import Browser, invoice, refused
from tests.support.stripe import Stripe

BACK = "http://console.example/billing"
ADD, BILLING, TAX = -3, -2, -1  # its forms, from the end


@pytest.fixture
def portal(client: Any, customer: Any) -> Browser:
    return Browser(client.billing_portal.sessions.create({"customer": customer.id, "return_url": BACK}).url)


def default(client: Any, customer: Any) -> str | None:
    found: str | None = client.customers.retrieve(customer.id).invoice_settings.default_payment_method
    return found


def test_the_first_card_that_is_added_is_the_default(client: Any, customer: Any, portal: Browser) -> None:
    assert "No payment method yet." in portal.text
    portal.send(ADD, number="4242424242424242")
    card = client.customers.payment_methods.list(customer.id).data[0]
    assert default(client, customer) == card.id
    assert "Visa ••••4242" in portal.text


def test_another_card_becomes_the_default_and_the_first_is_removed(
    simulated: Stripe, client: Any, customer: Any, portal: Browser
) -> None:
    portal.send(ADD, card="pm_card_visa")
    portal.send(ADD, card="pm_card_mastercard")
    first, second = reversed(client.customers.payment_methods.list(customer.id).data)
    assert default(client, customer) == first.id
    portal.send(1)  # of the second card: make default
    assert default(client, customer) == second.id
    portal.send(1)  # of the first card, which is offered as the default again: remove
    assert [found.id for found in client.customers.payment_methods.list(customer.id).data] == [second.id]
    assert simulated.events()[-1] == "payment_method.detached"


def test_a_card_with_3d_secure_is_saved_after_its_page(client: Any, customer: Any, portal: Browser) -> None:
    portal.send(ADD, card="pm_card_authenticationRequiredOnSetup")
    assert "Approve saving this card?" in portal.text
    portal.send(0)
    assert "••••3155" in portal.text


def test_a_declined_card_is_not_saved(client: Any, customer: Any, portal: Browser) -> None:
    portal.send(ADD, card="pm_card_chargeDeclined")
    assert (portal.status, "Your card was declined." in portal.text) == (402, True)
    assert client.customers.payment_methods.list(customer.id).data == []


def test_billing_information_is_changed(client: Any, customer: Any, portal: Browser) -> None:
    portal.send(BILLING, name="Acme", email="pay@acme.example", city="Berlin", country="DE")
    found = client.customers.retrieve(customer.id)
    assert (found.name, found.email, found.address.country) == ("Acme", "pay@acme.example", "DE")


def test_a_tax_id_is_added_and_removed(client: Any, customer: Any, portal: Browser) -> None:
    portal.send(TAX, tax_value="DE12")
    portal.send(TAX, tax_value="?")
    assert "Invalid value" in portal.text
    assert [found.value for found in client.customers.tax_ids.list(customer.id).data] == ["DE12"]
    portal.send(TAX - 1)
    assert client.customers.tax_ids.list(customer.id).data == []


def test_invoices_are_listed_but_no_drafts(client: Any, customer: Any, portal: Browser) -> None:
    invoice(client, customer, 700)
    issued = client.invoices.finalize_invoice(invoice(client, customer).id)
    portal.open(portal.address)
    assert issued.number in portal.text
    assert "$12.00" in portal.text
    assert "$7.00" not in portal.text
    assert f'href="{BACK}"' in portal.text


def test_a_card_of_another_customer_is_out_of_reach(
    simulated: Stripe, client: Any, customer: Any, portal: Browser
) -> None:
    card = simulated.save_card(client.customers.create({}).id)
    portal.send(ADD, card="pm_card_visa")
    answer = portal._session.post(f"{portal.address}/cards/{card}/removal")
    assert answer.status_code == 400
    assert client.payment_methods.retrieve(card).customer is not None


def test_a_portal_needs_a_customer_and_a_real_return_address(client: Any, customer: Any) -> None:
    assert refused(client.billing_portal.sessions.create, {}).param == "customer"
    asked = {"customer": customer.id, "return_url": "console"}
    assert refused(client.billing_portal.sessions.create, asked).param == "return_url"
