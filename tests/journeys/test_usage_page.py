"""The usage page with a mouse, with keys and on paper: zooming, reading, hiding, filtering, and views that are kept."""

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Stack
from tests.journeys.looks import LOOKS, faults_in, opened

MOST_KB, MOST_REQUESTS = 60, 7


@pytest.fixture
def usage(browser: Browser, stack: Stack, state: Any) -> Any:
    """The usage page of the last week; a fault of the console or a script's fails the test."""
    faults: list[str] = []
    with opened(browser, stack, faults, storage_state=state, viewport={"width": 1280, "height": 1000}) as page:
        page.goto(f"/o/{stack.demo['organization']}/usage/?range=7d")
        yield page
    assert faults == []


def columns(page: Page) -> list[str]:
    found: list[str] = page.locator(".plot > g").evaluate_all("all => all.map(each => each.dataset.at)")
    return found


def drag(page: Page, first: int, last: int) -> None:
    """Drag from one column to another, without letting go."""
    box = page.locator(".plot").bounding_box()
    assert box
    count, y = len(columns(page)), box["y"] + 60
    page.mouse.move(box["x"] + box["width"] * (first + 0.5) / count, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (last + 0.5) / count, y, steps=6)


def call(stack: Stack) -> None:
    body = json.dumps({"model": "Llama-3.3-70B-Instruct", "messages": [{"role": "user", "content": "Hello"}]})
    headers = {"Authorization": f"Bearer {stack.issue_key()}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{stack.api}/v1/chat/completions", data=body.encode(), headers=headers)
    urllib.request.urlopen(request, timeout=60).read()


def test_dragging_over_columns_zooms_into_them_and_back_leads_out(usage: Page) -> None:
    days = columns(usage)
    drag(usage, 4, 2)
    usage.mouse.up()
    usage.wait_for_url(re.compile("range=custom"))
    expect(usage.locator("#step")).to_have_value("hour")
    hours = columns(usage)
    assert (len(hours), hours[0]) == (72, days[2])
    usage.go_back()
    expect(usage.locator("#range-7d")).to_have_attribute("aria-current", "true")
    assert columns(usage) == days


def test_escape_cancels_a_drag_and_a_reset_leads_out_of_a_zoom(usage: Page) -> None:
    drag(usage, 1, 3)
    expect(usage.locator(".zone")).to_have_attribute("width", re.compile("%"))
    usage.keyboard.press("Escape")
    expect(usage.locator(".zone")).to_have_attribute("width", "0")
    usage.mouse.up()
    assert "range=7d" in usage.url
    drag(usage, 3, 3)
    usage.mouse.up()
    usage.wait_for_url(re.compile("range=custom"))
    expect(usage.locator(".plot > g")).to_have_count(24)
    usage.get_by_role("link", name="Reset zoom").click()
    expect(usage.locator("#range-30d")).to_have_attribute("aria-current", "true")


def test_keys_read_the_chart_and_enter_zooms(usage: Page) -> None:
    chart, aloud = usage.locator("#chart"), usage.locator(".aloud")
    chart.focus()
    usage.keyboard.press("End")
    last = aloud.inner_text()
    usage.keyboard.press("Home")
    assert aloud.inner_text() != last
    assert "$" in aloud.inner_text()
    usage.keyboard.press("ArrowRight")
    day = columns(usage)[1]
    usage.keyboard.press("Enter")
    usage.wait_for_url(re.compile("range=custom"))
    expect(usage.locator(".plot > g")).to_have_count(24)
    assert columns(usage)[0] == day
    expect(chart).to_be_focused()


def test_dates_do_what_dragging_does_and_say_what_is_wrong(browser: Browser, stack: Stack, state: Any) -> None:
    faults: list[str] = []
    with opened(browser, stack, faults, storage_state=state) as page:
        page.goto(f"/o/{stack.demo['organization']}/usage/?range=7d")
        start = columns(page)[2][:10]
        page.get_by_role("button", name="Custom…").click()
        page.get_by_label("From, UTC").fill(start)
        page.get_by_label("To, UTC").fill("soon")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Give both ends")
        assert faults_in(page, "a range that is none") == []
        page.get_by_label("To, UTC").fill(start)
        page.get_by_role("button", name="Show range").click()
        expect(page.locator(".plot > g")).to_have_count(24)
    assert [fault for fault in faults if "422" not in fault] == []  # the browser tells of the status


def test_a_series_is_hidden_in_the_address_and_shown_again(usage: Page) -> None:
    series = usage.locator(".legend a").first
    name = str(series.get_attribute("data-name"))
    total = usage.locator("figcaption output").inner_text()
    series.click()
    usage.wait_for_url(re.compile("hide="))
    expect(usage.locator(".legend a.off")).to_have_count(1)
    expect(usage.locator("#range-7d")).to_have_attribute("aria-current", "true")
    expect(usage.locator("#rows tbody")).not_to_contain_text(name)
    assert usage.locator("figcaption output").inner_text() != total
    usage.reload()
    usage.locator(".legend a.off").click()
    expect(usage.locator("#rows tbody")).to_contain_text(name)


def test_a_line_of_the_table_leads_to_itself_alone_and_the_page_goes_on(usage: Page) -> None:
    usage.locator("#rows tbody a").first.click()
    usage.wait_for_url(re.compile("model="))
    expect(usage.locator("#rows tbody tr")).to_have_count(1)
    expect(usage.locator("#range-7d")).to_have_attribute("aria-current", "true")


def test_newer_figures_come_without_a_change_of_the_address(usage: Page, stack: Stack) -> None:
    address, before = usage.url, usage.locator("#live").get_attribute("data-updated")
    usage.locator("#twin summary").click()
    usage.evaluate("document.activeElement.blur()")
    call(stack)
    expect(usage.locator("#live")).not_to_have_attribute("data-updated", str(before), timeout=40_000)
    assert usage.url == address
    expect(usage.locator("#twin")).to_have_attribute("open", "")
    expect(usage.locator("#range-7d")).to_be_visible()


def test_filters_are_chosen_together_and_taken_off_one_by_one(usage: Page) -> None:
    usage.get_by_role("button", name="Filter").click()
    usage.get_by_label("Platform").check()
    usage.get_by_label("2xx, answered").check()
    assert faults_in(usage, "the filters", LOOKS) == []
    usage.get_by_role("button", name="Apply").click()
    usage.wait_for_url(re.compile("project=platform&status=2xx"))
    usage.get_by_role("link", name="Without the filter Platform").click()
    expect(usage.locator(".scope a.badge")).to_have_text(["Without the filter 2xx"])


def test_a_view_is_kept_opened_and_deleted(usage: Page) -> None:
    usage.locator("#metric").select_option("latency-p95")
    usage.wait_for_url(re.compile("latency-p95"))
    usage.get_by_role("button", name="Views").click()
    usage.get_by_label("Save this view as").fill("Slow " + "w" * 55)
    assert faults_in(usage, "the views", LOOKS) == []
    usage.get_by_role("button", name="Save view").click()
    expect(usage.get_by_text("Saved as “Slow")).to_be_visible()
    usage.locator("#range-30d").click()
    usage.locator("#metric").select_option("spend")
    usage.wait_for_url(re.compile("metric=spend"))
    usage.get_by_role("button", name="Views").click()
    usage.get_by_role("link", name="Slow w").click()
    expect(usage.locator("#metric")).to_have_value("latency-p95")
    expect(usage.locator(".plot .shape path").first).to_be_attached()
    usage.get_by_role("button", name="Views").click()
    usage.get_by_role("button", name="Delete Slow w").click()
    expect(usage.get_by_text("No saved views yet.")).to_be_visible()


def test_the_page_is_light(browser: Browser, stack: Stack, state: Any) -> None:
    with opened(browser, stack, [], storage_state=state) as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: list[int] = []
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(f"/o/{stack.demo['organization']}/usage/?range=30d", wait_until="networkidle")
    assert len(sizes) <= MOST_REQUESTS
    assert sum(sizes) <= MOST_KB * 1024


def test_on_paper_the_chart_and_its_table_are_there(usage: Page) -> None:
    usage.emulate_media(media="print")
    expect(usage.locator(".toolbar")).to_be_hidden()
    expect(usage.locator(".plot")).to_be_visible()
    expect(usage.locator("#twin td").first).to_be_visible()
    expect(usage.locator("#rows tfoot")).to_be_visible()
