"""Prices in a browser: an operator proposes, compares and sets one, and the organization's pages announce it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Stack, sign_in
from tests.journeys.looks import faults_in, opened

SCOUT = "Llama-4-Scout-17B-16E-Instruct-FP8"
NO_PRICE = f"a-maker-of-models/{'w' * 70}-instruct"

# A model that nobody priced, whose name is long.
_UNPRICED = f"""
from catalog.models import Model
Model.objects.create(name="{NO_PRICE}", title="{"W" * 80}", upstream_name="w")
Model.objects.create(name="gone", title="Gone", upstream_name="gone", is_served=False)
"""


@pytest.fixture
def unpriced(stack: Stack) -> None:
    stack.manage("shell", "-v", "0", "-c", _UNPRICED)


def fill(page: Page, typed: dict[str, str]) -> None:
    for name, text in typed.items():
        page.locator(f"#id_{name}").fill(text)


@pytest.mark.usefixtures("unpriced")
def test_a_price_is_proposed_compared_set_and_announced(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    page.goto("/staff/prices/")
    page.get_by_role("link", name="Llama 4 Scout").click()
    page.get_by_role("link", name="Set the next price").click()
    day = (datetime.now(UTC) + timedelta(days=30)).date()
    fill(page, {"output": "0.62", "batch_input": "0.09", "batch_output": "0.295", "on": f"{day}", "at": "12:30"})
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Set this price of Llama 4 Scout?")).to_be_visible()
    assert faults_in(page, "comparison") == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Set the price").click()
    expect(page.get_by_role("row", name="2 Coming")).to_contain_text("$0.62")
    assert faults_in(page, "history") == []
    page.goto(f"/o/{stack.demo['organization']}/prices/")
    assert faults_in(page, "list") == []
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_role("row", name=f"from {day:%b} {day.day}, {day:%Y}, 12:30 UTC")).to_contain_text("batch $0.09")
    page.get_by_role("link", name="W" * 80).click()
    expect(page.get_by_text("Not priced: calls cost nothing")).to_be_visible()
    assert faults_in(page, "unpriced") == []


def test_a_refused_proposal_shows_why_in_every_look(browser: Browser, stack: Stack, state: Any) -> None:
    with opened(browser, stack, [], storage_state=state) as page:  # a 422 is an error to the console
        page.goto(f"/staff/price-proposals/{SCOUT}/")
        fill(page, {"cached_input": "0.0000001", "batch_input": "1", "on": "2020-01-01"})
        page.get_by_role("button", name="Compare").click()
        for reason in ("Six decimals at most", "can't begin in the past"):
            expect(page.get_by_text(reason)).to_be_visible()
        assert faults_in(page, "refused") == []
