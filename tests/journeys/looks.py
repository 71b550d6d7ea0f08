"""How a page is looked at: in both themes, on a desk and on phones, by axe and by its width.

A page is loaded once and then shown in each look: what styles can't do at a change of size, no page asks of a script.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Stack, watch

Look = tuple[Literal["light", "dark"], int]  # the theme, and the screen's width in px
LOOKS: list[Look] = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 320)]
# For many pages of one frame: the frame is looked at in all of them on other pages.
LOOKS_OF_MANY: list[Look] = [("light", 1280), ("dark", 390)]
PHONE: Any = {"width": 390, "height": 844}
# What passes is not asked for: to tell of it takes longer than to find it.
_VIOLATIONS = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"


def faults_of(page: Page, where: str) -> list[str]:
    """Return what is wrong with a page as it stands, in the look it has."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    faults = [f"{where}: {each['id']} {each['nodes'][0]['target']}" for each in page.evaluate(_VIOLATIONS)]
    return faults + _too_wide(page, where)


def faults_in(page: Page, where: str, looks: Sequence[Look] = LOOKS) -> list[str]:
    """Return what is wrong with a page in each of these looks; it keeps the last one."""
    faults: list[str] = []
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        faults += faults_of(page, f"{where} ({scheme}, {width} px)")
    return faults


def too_wide_in(page: Page, where: str, widths: Sequence[int] = (1280, 390, 320)) -> list[str]:
    """Return where a page is wider than the screen; it keeps the last of the widths."""
    faults: list[str] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        faults += _too_wide(page, f"{where} ({width} px)")
    return faults


def goto_whole(page: Page, path: str) -> None:
    """Go to a page, and wait for the parts that it asks for itself."""
    page.goto(path)
    expect(page.locator(".htmx-request")).to_have_count(0)


@contextmanager
def opened(browser: Browser, stack: Stack, faults: list[str], **settings: Any) -> Iterator[Page]:
    """A page of a browser of its own, whose faults are noted."""
    context = browser.new_context(base_url=stack.console, **settings)
    page = context.new_page()
    watch(page, faults)
    yield page
    context.close()


def _too_wide(page: Page, where: str) -> list[str]:
    by = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{where} is {by} px too wide"] if by else []
