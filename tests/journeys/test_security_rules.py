"""An organization comes to ask for a second factor, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Stack, watch
from tests.journeys.test_factors import authenticator, enter, person  # noqa: F401  a fixture


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    context, faults = browser.new_context(base_url=stack.console), list[str]()
    made = context.new_page()
    watch(made, faults)
    yield made
    context.close()
    # Chromium calls a refusal, and a form with a mistake in it, an error.
    assert [fault for fault in faults if "422" not in fault and "403" not in fault] == []


def test_who_has_no_second_factor_sets_one_up_and_goes_on(stack: Stack, page: Page, person: str) -> None:  # noqa: F811
    authenticator(page)
    enter(page, person)
    home = page.url
    page.get_by_role("link", name="Security rules").first.click()
    page.get_by_label("Require a second factor").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Set up a passkey or an authenticator app for yourself first.")).to_be_visible()

    # Somebody else requires it: to the browser that is the same.
    stack.manage("shell", "-v", "0", "-c", _REQUIRE.format(slug=home.rstrip("/").rpartition("/")[2]))
    page.goto(home)
    expect(page.get_by_role("heading", name="Factors asks for a second factor")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    page.goto(home)
    expect(page.get_by_role("link", name="Audit log").first).to_be_visible()

    page.get_by_role("link", name="Audit log").first.click()
    expect(page.get_by_text("changed the security rules of").first).to_be_visible()
    page.locator("summary", has_text="changed the security rules of").first.click()
    expect(page.get_by_role("rowheader", name="Second factor required")).to_be_visible()


_REQUIRE = """
from accounts.actions.security import _set
from accounts.models import Organization
from ledger.actor import Actor
_set(Actor.operator(), Organization.objects.get(slug={slug!r}), {{"second_factor": True}})
"""
