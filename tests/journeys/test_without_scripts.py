"""What works in a browser without JavaScript."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Stack, sign_in


@pytest.mark.usefixtures("letters")
def test_operators_requeue_chosen_letters_without_javascript(browser: Browser, stack: Stack, state: Any) -> None:
    context = browser.new_context(base_url=stack.console, java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto("/staff/dead-letters/")
    page.get_by_label("Code").select_option("recipient-refused")
    page.get_by_role("button", name="Apply").click()
    page.locator('tr:has-text("recipient-refused") input').check()
    page.get_by_role("button", name="Requeue chosen").click()
    assert page.get_by_text("1 letter tries again, from the start.").is_visible()
    context.close()


def test_without_javascript_the_forms_and_links_still_work(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(base_url=stack.console, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, stack)
    page.get_by_role("link", name="API keys").first.click()
    page.get_by_role("link", name="Create key").click()
    page.get_by_label("Name").fill("without-script")
    page.get_by_role("button", name="Create key").click()
    assert page.locator("#secret").inner_text().startswith("llk_")
    page.goto("/account/notifications/")
    page.get_by_label("API key created, email").select_option(label="Daily summary")
    page.get_by_label("Time zone").select_option(label="Lisbon")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("Saved.").is_visible()
    assert page.get_by_label("API key created, email").input_value() == "daily"
    context.close()


def test_a_letter_can_be_ended_from_its_link_without_signing_in(
    browser: Browser, stack: Stack, unsubscribe: str
) -> None:
    context = browser.new_context(base_url=stack.console, java_script_enabled=False)
    page = context.new_page()
    page.goto(unsubscribe)
    page.get_by_role("button", name="Unsubscribe").click()
    assert page.get_by_role("heading", name="You are unsubscribed").is_visible()
    context.close()
