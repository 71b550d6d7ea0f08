"""Buying credit in a browser: to the payment provider and back, with a card that works and one that does not."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Stack, sign_in


def test_credit_is_bought_with_a_test_card_and_is_there(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    billing = f"/o/{stack.demo['organization']}/billing/"
    page.goto(billing)
    before = _balance(page)
    page.get_by_role("link", name="Add credit").first.click()
    page.get_by_label("$50.00").check()
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_text("Back to the seller").click()
    expect(page.get_by_role("heading", name="Not paid yet")).to_be_visible()
    page.get_by_role("button", name="Go on to payment").click()
    page.get_by_label("4242 4242 4242 4242").check()
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", name="The credit is there")).to_be_visible(timeout=30_000)
    page.goto(billing)
    assert _balance(page) == before + 5_000
    expect(page.get_by_text("Visa ending 4242")).to_be_visible()


def _balance(page: Page) -> int:
    """Return the balance of the overview, in cents."""
    return int(re.sub(r"\D", "", page.locator(".kpis .value").first.inner_text()))
