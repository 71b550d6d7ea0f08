"""What works without a mouse."""

from playwright.sync_api import Page

from tests.journeys.conftest import Stack, sign_in


def test_the_chart_reads_aloud_by_arrow_keys(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    page.goto(f"/o/{stack.demo['organization']}/usage/?range=7d")
    page.locator("#chart").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(".tip").is_visible()
    assert "$" in page.locator("figcaption output").inner_text()
