"""Every page in both themes and on a phone: no axe violation, no console error, nothing wider than the screen."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Stack, sign_in, watch

_PUBLIC = ["/sign-up/", "/sign-in/"]
_OWN = ["/account/notifications/", "/account/messages/", "/account/messages/?channel=sms"]
_PRIVATE = [
    "",
    "keys/",
    "keys/new/",
    "webhooks/",
    "webhooks/new/",
    "billing-contacts/",
    "billing-contacts/new/",
    "usage/",
    "usage/?range=90d&group=key&compare=1",
    "data-access/?by=members",
]
# Pages of no organization, behind the sign-in all the same.
_PREVIEWS = [
    "/messages/preview/",
    "/messages/preview/invitation/?language=de",
    "/messages/preview/invitation/plain/",
    "/messages/preview/verify-phone/sms/",
]
_STAFF = [
    "/staff/messages/",
    "/staff/messages/?range=7d&by=kind",
    "/staff/dead-letters/",
    "/staff/dead-letters/?code=none",
    "/staff/dead-letters/requeuing/all/",
    "/staff/suppressions/",
]
PAGES = [*_PUBLIC, *_OWN, *_PRIVATE, *_PREVIEWS, *_STAFF]
LOOKS = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 320)]


# Something of each kind on the operators' pages.
_MESSAGES = """
from datetime import timedelta
from django.utils import timezone
from ledger.ids import new_id
from notifications.models import Channel, DeliveryHour, OutboxMessage, Outcome, Reason
from notifications.suppressions import suppress
now, person = timezone.now(), new_id()
for code in ("recipient-refused", "mail-server-unreachable", "sms-capped", "http-503"):
    OutboxMessage.objects.create(
        kind="verify-email", subject_id=person, recipient_id=person, attempts=8, failed_at=now, error=code
    )
    for outcome in (Outcome.SENT, Outcome.RETRIED, Outcome.GIVEN_UP):
        DeliveryHour.objects.add(
            at=now, kind="verify-email", channel="email", outcome=outcome, latency=timedelta(seconds=4),
            code="" if outcome is Outcome.SENT else code,
        )
suppress(Channel.EMAIL, "0" * 64, Reason.BOUNCED)
"""


@pytest.fixture(scope="module")
def state(browser: Browser, stack: Stack) -> Any:
    stack.manage("shell", "-v", "0", "-c", _MESSAGES)
    context = browser.new_context(base_url=stack.console)
    sign_in(context.new_page(), stack)
    return context.storage_state()


@pytest.fixture(scope="module")
def unsubscribe(stack: Stack) -> str:
    """The link of a letter, as its reader sees it without signing in."""
    url = stack.manage("shell", "--no-imports", "-c", _LINK).split()[-1]
    return "/unsubscribe/" + url.partition("/unsubscribe/")[2]


_LINK = """
from accounts.models import User
from notifications import unsubscribing
from notifications.kinds import KINDS
print(unsubscribing.url(User.objects.filter(is_demo=True).first().pk, KINDS["key-created"]))
"""


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_every_page_is_accessible_and_fits(
    browser: Browser, stack: Stack, state: Any, unsubscribe: str, scheme: Any, width: int
) -> None:
    faults: list[str] = []
    for path in [*PAGES, unsubscribe]:
        signed_in, whole = path not in (*_PUBLIC, unsubscribe), path.startswith("/")
        context = browser.new_context(
            base_url=stack.console,
            color_scheme=scheme,
            viewport={"width": width, "height": 844},
            storage_state=state if signed_in else None,
        )
        page = context.new_page()
        watch(page, faults)
        page.goto(path if whole else f"/o/{stack.demo['organization']}/{path}", wait_until="networkidle")
        faults += [f"{path}: {violation['id']}" for violation in Axe().run(page).response["violations"]]
        faults += [f"{path} is {_overflow(page)} px too wide"] if _overflow(page) else []
        context.close()
    assert faults == []


def test_operators_requeue_chosen_letters_without_javascript(browser: Browser, stack: Stack, state: Any) -> None:
    context = browser.new_context(base_url=stack.console, java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto("/staff/dead-letters/")
    page.get_by_label("Code").select_option("sms-capped")
    page.get_by_role("button", name="Apply").click()
    page.locator('tr:has-text("sms-capped") input').check()
    page.get_by_role("button", name="Requeue chosen").click()
    assert page.get_by_text("1 letter tries again, from the start.").is_visible()
    context.close()


def test_the_chart_reads_aloud_by_arrow_keys(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    page.goto(f"/o/{stack.demo['organization']}/usage/?range=7d")
    page.locator("#chart").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(".tip").is_visible()
    assert "$" in page.locator("figcaption output").inner_text()


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


def _overflow(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width
