"""The simulator's pages in a real browser, without JavaScript where it counts."""

from typing import Any

import pytest
import stripe
from playwright.sync_api import Browser

from tests.journeys.conftest import Stack
from tests.journeys.looks import faults_in, opened
from tests.support.stripe import KEY


@pytest.fixture
def client(stack: Stack) -> Any:
    return stripe.StripeClient(KEY, base_addresses={"api": stack.stripe}).v1


@pytest.fixture
def customer(client: Any) -> Any:
    return client.customers.create({"name": "Acme", "email": "pay@acme.example"})


def top_up(client: Any, customer: Any, stack: Stack) -> Any:
    price = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "Credit"}}
    return client.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": customer.id,
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": f"{stack.console}/sign-in/",
            "cancel_url": f"{stack.console}/sign-up/",
            "tax_id_collection": {"enabled": True},
            "customer_update": {"name": "auto"},
        }
    )


def test_a_buyer_pays_with_3d_secure_and_comes_back_to_the_console(
    browser: Browser, stack: Stack, client: Any, customer: Any
) -> None:
    session, faults = top_up(client, customer, stack), list[str]()
    with opened(browser, stack, faults, java_script_enabled=False) as page:
        page.goto(session.url)
        page.get_by_label("Or type a test card’s number").fill("4000 0000 0000 0002")
        page.get_by_role("button", name="Pay $25.00").click()
        assert page.get_by_role("alert").inner_text() == "Your card was declined."
        page.get_by_label("4000 0025 0000 3155").check()
        page.get_by_role("button", name="Pay $25.00").click()
        page.get_by_role("button", name="Complete authentication").click()
        page.wait_for_url(f"{stack.console}/sign-in/")
    assert client.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_buyer_who_goes_back_pays_nothing(browser: Browser, stack: Stack, client: Any, customer: Any) -> None:
    session, faults = top_up(client, customer, stack), list[str]()
    with opened(browser, stack, faults, java_script_enabled=False) as page:
        page.goto(session.url)
        page.get_by_role("link", name="Back to the seller").click()
        page.wait_for_url(f"{stack.console}/sign-up/")
    assert faults == []
    assert client.checkout.sessions.retrieve(session.id).status == "open"


def test_its_pages_are_in_order_in_both_themes_and_on_phones(
    browser: Browser, stack: Stack, client: Any, customer: Any
) -> None:
    client.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    client.customers.tax_ids.create(customer.id, {"type": "eu_vat", "value": "DE123456789"})
    item = {"customer": customer.id, "amount": 1200, "currency": "usd", "description": "Usage"}
    client.invoice_items.create(item)
    issued = client.invoices.create({"customer": customer.id, "pending_invoice_items_behavior": "include"})
    issued = client.invoices.finalize_invoice(issued.id)
    asked = {"amount": 2500, "currency": "usd", "confirm": True}
    intent = client.payment_intents.create({**asked, "payment_method": "pm_card_authenticationRequired"})
    paid = client.payment_intents.create({**asked, "payment_method": "pm_card_visa", "expand": ["latest_charge"]})
    portal = client.billing_portal.sessions.create({"customer": customer.id, "return_url": stack.console})
    addresses = {
        "checkout": top_up(client, customer, stack).url,
        "portal": portal.url,
        "invoice": issued.hosted_invoice_url,
        "3-D Secure": f"{stack.stripe}/3ds/{intent.id}",
        "receipt": paid.latest_charge.receipt_url,
        "events": stack.stripe,
    }
    faults: list[str] = []
    with opened(browser, stack, faults) as page:
        for where, address in addresses.items():
            page.goto(address)
            faults += faults_in(page, where)
    assert faults == []
