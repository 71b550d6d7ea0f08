"""How a page is looked at: in both themes, on a desk and on phones, by axe and by its width.

A page is loaded once and then shown in each look: what styles can't do at a change of size, no page asks of a script.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Stack, watch

Look = tuple[Literal["light", "dark"], int]  # the theme, and the screen's width in px
LOOKS: list[Look] = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 320)]
PHONE: Any = {"width": 390, "height": 844}


def faults_of(page: Page, where: str) -> list[str]:
    """Return what is wrong with a page as it stands, in the look it has."""
    violations = Axe().run(page).response["violations"]
    faults = [f"{where}: {each['id']} {each['nodes'][0]['target']}" for each in violations]
    too_wide = _overflow(page)
    return faults + ([f"{where} is {too_wide} px too wide"] if too_wide else [])


def faults_in(page: Page, where: str, looks: Sequence[Look] = LOOKS) -> list[str]:
    """Return what is wrong with a page in each of these looks; it keeps the last one."""
    faults: list[str] = []
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        faults += faults_of(page, f"{where} ({scheme}, {width} px)")
    return faults


@contextmanager
def opened(browser: Browser, stack: Stack, faults: list[str], **settings: Any) -> Iterator[Page]:
    """A page of a browser of its own, whose faults are noted."""
    context = browser.new_context(base_url=stack.console, **settings)
    page = context.new_page()
    watch(page, faults)
    yield page
    context.close()


def _overflow(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width
