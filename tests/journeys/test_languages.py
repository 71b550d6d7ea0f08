"""The pages in German, which has longer words, and from right to left, as a language to come would read."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Stack, sign_in, watch
from tests.journeys.test_looks import _faults_of

_LANGUAGE = "from accounts.models import User; User.objects.filter(is_demo=True).update(language='{}')"
_PUBLIC = ["/sign-in/", "/sign-up/", "/reset/", "/nowhere/"]
_PAGES = [
    "",
    "keys/",
    "members/",
    "members/invitations/new/",
    "projects/new/",
    "settings/",
    "roles/",
    "webhooks/",
    "usage/?compare=1",
    "data-access/",
    "/account/security/",
    "/account/notifications/",
    "/account/profile/",
    "/account/messages/",
    "/account/deletion/",
]


@pytest.fixture(scope="module")
def german(browser: Browser, stack: Stack) -> Iterator[Any]:
    """The state of a browser in which somebody is signed in whose language is German."""
    context = browser.new_context(base_url=stack.console)
    sign_in(context.new_page(), stack)
    stack.manage("shell", "-v", "0", "-c", _LANGUAGE.format("de"))
    yield context.storage_state()
    stack.manage("shell", "-v", "0", "-c", _LANGUAGE.format("en"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 320), ("light", 1280)])
def test_the_pages_in_german_are_accessible_and_fit(
    browser: Browser, stack: Stack, german: Any, scheme: Any, width: int
) -> None:
    faults: list[str] = []
    for path in [*_PUBLIC, *_PAGES]:
        page = _open(browser, stack, german, path, faults, color_scheme=scheme, viewport=_screen(width), locale="de")
        assert page.locator("html").get_attribute("lang") == "de"
        faults += _faults_of(page, path)
        page.context.close()
    assert [fault for fault in faults if "404" not in fault] == []


@pytest.mark.parametrize("width", [390, 1280])
def test_from_right_to_left_nothing_is_wider_than_the_screen(
    browser: Browser, stack: Stack, german: Any, width: int
) -> None:
    faults: list[str] = []
    for path in [*_PUBLIC, *_PAGES]:
        page = _open(browser, stack, german, path, [], viewport=_screen(width), locale="de")
        page.evaluate("document.documentElement.dir = 'rtl'")
        faults += _faults_of(page, path)
        if width > 800 and path not in _PUBLIC:
            side = page.locator("nav.side").bounding_box()
            assert side is not None
            assert side["x"] > width / 2, "the navigation stands where reading starts"
        page.context.close()
    assert faults == []


def _screen(width: int) -> Any:
    return {"width": width, "height": 844}


def _open(browser: Browser, stack: Stack, state: Any, path: str, faults: list[str], **looks: Any) -> Page:
    signed_in = None if path in _PUBLIC else state
    context = browser.new_context(base_url=stack.console, storage_state=signed_in, **looks)
    page = context.new_page()
    watch(page, faults)
    whole = path.startswith("/")
    page.goto(path if whole else f"/o/{stack.demo['organization']}/{path}", wait_until="networkidle")
    return page
