"""What works without a mouse: charts, the palette, and the shortcuts with their help."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.journeys.conftest import Stack, sign_in
from tests.journeys.looks import faults_in, opened

# People, keys and projects that have a part of their names in common. Prints nothing.
_ALIKE = """
from accounts.actions import add_member, create_project
from accounts.entries import Contact
from accounts.models import Organization, Role, User
from keys.actions import issue_key
from ledger.actor import Actor
operator, organization = Actor.operator(), Organization.objects.get(slug="{slug}")
for number in range(6):
    contact = Contact(f"Quokka {{number}} " + "W" * 40, f"quokka{{number}}@{{'w' * 40}}.example")
    user = User.objects.create_user(contact.email, "correct horse battery staple", name=contact.name)
    add_member(operator, organization=organization, user=user, role=Role.VIEWER, contact=contact)
issue_key(operator, project=create_project(operator, organization=organization, name="Quokka search"), name="quokka-ci")
"""


@pytest.fixture(scope="module")
def alike(stack: Stack) -> None:
    stack.manage("shell", "-v", "0", "-c", _ALIKE.format(slug=stack.demo["organization"]))


@pytest.fixture
def keyboard(page: Page, stack: Stack) -> Page:
    """A page of an owner, with nothing in focus."""
    sign_in(page, stack)
    page.goto(f"/o/{stack.demo['organization']}/keys/")
    return page


def palette(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Search")


def field(page: Page) -> Locator:
    return palette(page).get_by_role("combobox")


def chosen(page: Page) -> Locator:
    """Return the option that the field says is chosen; it must be the one that looks so."""
    option = palette(page).locator("[role=option][aria-selected=true]")
    expect(option).to_have_count(1)
    expect(field(page)).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    return option


def test_the_chart_reads_aloud_by_arrow_keys(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    page.goto(f"/o/{stack.demo['organization']}/usage/?range=7d")
    page.locator("#chart").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(".tip").is_visible()
    assert "$" in page.locator("figcaption output").inner_text()


@pytest.mark.usefixtures("alike")
def test_the_palette_is_a_combobox_with_named_groups(keyboard: Page) -> None:
    keyboard.keyboard.press("Control+k")
    expect(field(keyboard)).to_be_focused()
    expect(chosen(keyboard)).to_have_text("Home")
    keyboard.keyboard.type("quokka")
    results = palette(keyboard).get_by_role("listbox", name="Results")
    expect(results.get_by_role("group", name="Members").get_by_role("option")).to_have_count(5)
    expect(results.get_by_role("group", name="API keys").get_by_role("option")).to_have_text(re.compile("quokka-ci"))
    expect(chosen(keyboard)).to_have_text("Quokka search")
    expect(palette(keyboard).get_by_text("7 results")).to_be_attached()
    expect(palette(keyboard).get_by_text("the directory was opened")).to_be_visible()
    for key, name in [
        ("End", "Quokka 4"),
        ("ArrowDown", "Quokka search"),
        ("ArrowUp", "Quokka 4"),
        ("Home", "Quokka s"),
    ]:
        keyboard.keyboard.press(key)
        expect(chosen(keyboard)).to_contain_text(name)
        expect(chosen(keyboard)).to_be_in_viewport()
    expect(field(keyboard)).to_be_focused()
    keyboard.keyboard.press("ArrowDown")
    keyboard.keyboard.press("Enter")
    keyboard.wait_for_url("**/keys/?q=*")


def test_enter_waits_for_the_results_of_what_was_typed(keyboard: Page) -> None:
    keyboard.keyboard.press("Control+k")
    expect(chosen(keyboard)).to_have_text("Home")
    keyboard.keyboard.type("audit")
    keyboard.keyboard.press("Enter")
    keyboard.wait_for_url("**/audit/")


def test_what_matches_nothing_says_so_and_escape_leaves(keyboard: Page) -> None:
    keyboard.keyboard.press("Control+k")
    keyboard.keyboard.type("zebra crossing")
    expect(palette(keyboard).get_by_text("Nothing matches “zebra crossing”.")).to_be_visible()
    expect(field(keyboard)).to_have_attribute("aria-expanded", "false")
    keyboard.keyboard.press("Enter")
    keyboard.keyboard.press("Escape")
    expect(palette(keyboard)).to_be_hidden()
    keyboard.keyboard.press("Control+k")
    keyboard.keyboard.press("Control+k")
    expect(palette(keyboard)).to_be_hidden()


def test_typing_asks_once_a_pause_and_puts_nothing_into_an_address(keyboard: Page) -> None:
    asked: list[tuple[str, str]] = []
    keyboard.keyboard.press("Control+k")
    expect(chosen(keyboard)).to_have_text("Home")
    keyboard.on("request", lambda request: asked.append((request.method, request.url.partition("/o/")[2])))
    keyboard.keyboard.type("usage", delay=40)
    expect(chosen(keyboard)).to_have_text("Usage")
    assert [(method, url.partition("/")[2]) for method, url in asked] == [("POST", "palette/")]


def test_letters_lead_to_pages_and_a_slash_to_the_filter(keyboard: Page, stack: Stack) -> None:
    for letter, place in {"m": "members", "u": "usage", "p": "projects", "a": "audit", "k": "keys"}.items():
        keyboard.keyboard.press("g")
        keyboard.keyboard.press(letter)
        keyboard.wait_for_url(f"**/{place}/")
    keyboard.keyboard.press("/")
    expect(keyboard.get_by_label("Filter by name or the last characters")).to_be_focused()
    keyboard.keyboard.type("g?/")
    expect(keyboard.get_by_label("Filter by name or the last characters")).to_have_value("g?/")
    expect(keyboard.locator("dialog[open]")).to_have_count(0)
    keyboard.goto(f"/o/{stack.demo['organization']}/projects/")
    keyboard.keyboard.press("/")
    expect(field(keyboard)).to_be_focused()


def test_a_search_that_is_not_understood_is_told_why_in_its_place(context: BrowserContext, stack: Stack) -> None:
    page = context.new_page()  # a search with a mistake answers 422, which Chromium calls an error
    sign_in(page, stack)
    page.goto(f"/o/{stack.demo['organization']}/audit/")
    search = page.get_by_label("Search by qualifiers")
    search.fill("who:me")
    search.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("“who:” is no qualifier")
    expect(page.locator(".toast")).to_have_count(0)
    search.fill("actor:me")
    search.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_help_opens_by_key_from_the_menu_and_from_the_palette(keyboard: Page) -> None:
    shortcuts = keyboard.get_by_role("dialog", name="Keyboard shortcuts")
    keyboard.keyboard.press("?")
    expect(shortcuts).to_be_visible()
    expect(shortcuts.get_by_text("Ctrl K")).to_be_visible()
    keyboard.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    keyboard.get_by_role("button", name="Account menu").press("Enter")
    keyboard.locator("#account").get_by_role("link", name="Keyboard shortcuts").press("Enter")
    expect(shortcuts).to_be_visible()
    keyboard.keyboard.press("Escape")
    keyboard.keyboard.press("Control+k")
    keyboard.keyboard.type("shortcuts")
    keyboard.keyboard.press("Enter")
    expect(shortcuts).to_be_visible()
    expect(palette(keyboard)).to_be_hidden()


def test_single_keys_can_be_turned_off_for_good(keyboard: Page) -> None:
    shortcuts = keyboard.get_by_role("dialog", name="Keyboard shortcuts")
    keyboard.keyboard.press("?")
    with keyboard.expect_response("**/shortcuts/"):
        shortcuts.get_by_label("Off").check(force=True)
    keyboard.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    for _ in ("at once", "on the next page"):
        for key in ("?", "/", "g", "m"):
            keyboard.keyboard.press(key)
        expect(keyboard.locator("dialog[open]")).to_have_count(0)
        assert keyboard.evaluate("document.activeElement === document.body")
        keyboard.reload()
    keyboard.keyboard.press("Control+k")
    expect(field(keyboard)).to_be_focused()


def _dialogs(page: Page) -> Iterator[str]:
    """Show the palette as it is opened, full and empty, and the help; yield what is shown."""
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    yield "the palette"
    for text, shown in {"quokka": "5 of a kind", "zebra crossing " * 5: "nothing"}.items():
        with page.expect_response("**/palette/"):
            page.locator("#palette [role=combobox]").fill(text)
        page.wait_for_timeout(100)
        yield f"the palette with {shown}"
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    yield "the help"


@pytest.mark.usefixtures("alike")
@pytest.mark.parametrize("language", ["en", "de"])
def test_palette_and_help_are_accessible_and_fit(browser: Browser, stack: Stack, state: Any, language: str) -> None:
    faults: list[str] = []
    speak = "from accounts.models import User; User.objects.filter(is_demo=True).update(language='{}')"
    stack.manage("shell", "-v", "0", "-c", speak.format(language))
    try:
        with opened(browser, stack, faults, storage_state=state) as page:
            page.goto(f"/o/{stack.demo['organization']}/usage/")
            assert page.locator("html").get_attribute("lang") == language
            for shown in _dialogs(page):
                faults += faults_in(page, shown)
            for path in ("/shortcuts/", f"/o/{stack.demo['organization']}/palette/"):
                page.goto(path)
                faults += faults_in(page, path)
    finally:
        stack.manage("shell", "-v", "0", "-c", speak.format("en"))
    assert faults == []
