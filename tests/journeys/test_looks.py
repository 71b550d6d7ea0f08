"""Every page in both themes and on a phone: no axe violation, no console error, nothing wider than the screen."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.conftest import Stack, sign_in, watch

_PUBLIC = ["/sign-up/", "/sign-in/", "/sign-in/sso/", "/reset/", "/docs/api/"]
_OWN = [
    "/account/notifications/",
    "/account/messages/",
    "/account/messages/?channel=sms",
    "/account/sessions/",
    "/account/password/",
    "/account/email/",
    "/account/email/code/",
    "/organizations/new/",
    "/account/profile/",
    "/account/profile/edit/",
    "/account/phone/",
    "/account/data-access/",
    "/account/data-access/?by=members",
    "/account/export/",
    "/account/deletion/",
]
_PRIVATE = [
    "",
    "keys/",
    "keys/new/",
    "webhooks/",
    "webhooks/new/",
    "members/",
    "members/?role=viewer&factor=none",
    "members/invitations/",
    "members/invitations/new/",
    "billing-contacts/",
    "billing-contacts/new/",
    "sso/",
    "sso/provider/",
    "sso/domains/new/",
    "admin-keys/",
    "admin-keys/new/",
    "projects/",
    "projects/?state=archived",
    "projects/new/",
    "projects/research/",
    "projects/research/archival/",
    "settings/",
    "settings/leaving/",
    "settings/ownership/",
    "settings/deletion/",
    "roles/",
    "usage/",
    "usage/?range=90d&group=key&compare=1",
    "data-access/?by=members",
    "audit/",
    "audit/?q=action:key+actor:operator+since:2001-01-01",
    "audit/?q=action:key+until:2001-01-01",
    "security/",
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


# An organization of a long name with many projects, which is about to be deleted. Prints its address and the link.
_ENDING = """
from accounts.actions import create_organization, create_project, schedule_deletion
from accounts.deletion_links import token_of
from accounts.models import User
from ledger.actor import Actor
owner = User.objects.filter(is_demo=True).first()
ending = create_organization(Actor.operator(), name="Zebras " + "W" * 70, owner=owner)
for number in range(51):
    create_project(Actor.operator(), organization=ending, name="W" * 76 + str(number), retention_days=number % 31)
print(ending.slug, token_of(schedule_deletion(Actor.user(owner.pk), subject=ending).pk))
"""


@pytest.fixture(scope="module")
def ending(stack: Stack) -> list[str]:
    slug, token = stack.manage("shell", "-v", "0", "-c", _ENDING).split()[-2:]
    pages = [f"/o/{slug}/{page}" for page in ("projects/", "settings/", "settings/deletion/", "")]
    return [*pages, f"/deletions/{token}/"]


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_every_page_is_accessible_and_fits(
    browser: Browser, stack: Stack, state: Any, unsubscribe: str, ending: list[str], scheme: Any, width: int
) -> None:
    faults: list[str] = []
    for path in [*PAGES, *ending, unsubscribe]:
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
        faults += _faults_of(page, path)
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


# Somebody with passkeys of long names, an app and recovery codes. Prints the codes.
_PERSON = """
from django.utils import timezone
from accounts.actions.factors import make_recovery_codes
from accounts.factors import totp
from accounts.models import Totp, User
from ledger.actor import Actor
user = User.objects.create_user("looks@factors.example", "a sentence works well", email_verified_at=timezone.now())
Totp.objects.create(user=user, secret=totp.new_secret(), confirmed_at=timezone.now())
for number, name in enumerate(["W" * 60, "Laptop, built-in, of the office in the north wing of Lisbon", "Key"]):
    user.passkeys.create(name=name, credential_id=b"looks %d" % number, public_key=b"", sign_count=0)
print(*make_recovery_codes(Actor.user(user.pk), user))
print(user.passkeys.first().pk)
"""
_FACTORS = [
    "",
    "passkeys/new/",
    "passkeys/{passkey}/name/",
    "passkeys/{passkey}/removal/",
    "authenticator/removal/",
    "recovery-codes/",
]


@pytest.fixture(scope="module")
def factors(browser: Browser, stack: Stack) -> Any:
    """The state of a browser in which they are signed in, and their first passkey's id."""
    *codes, passkey = stack.manage("shell", "-v", "0", "-c", _PERSON).split()
    context = browser.new_context(base_url=stack.console)
    page = _half_signed(context)
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[-1])
    page.get_by_role("button", name="Continue", exact=True).click()
    page.get_by_text("9 are left").wait_for()
    return context.storage_state(), passkey


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_the_pages_of_factors_are_accessible_and_fit(
    browser: Browser, stack: Stack, factors: Any, scheme: Any, width: int
) -> None:
    faults: list[str] = []
    state, passkey = factors
    looks: Any = {"base_url": stack.console, "color_scheme": scheme, "viewport": {"width": width, "height": 844}}

    context = browser.new_context(**looks)
    page = _half_signed(context)
    for path in ("/sign-in/second/", "/sign-in/second/?recovery=yes"):
        page.goto(path)
        faults += _faults_of(page, path)
        page.get_by_role("textbox").fill("000000")
        page.get_by_role("button", name="Continue", exact=True).click()
        page.locator(".field .error").wait_for()
        faults += _faults_of(page, f"{path} with an error")
    context.close()

    context = browser.new_context(storage_state=state, **looks)
    page = context.new_page()
    for path in [*(f"/account/security/{path.format(passkey=passkey)}" for path in _FACTORS), "/account/confirm/"]:
        page.goto(path, wait_until="networkidle")
        faults += _faults_of(page, path)
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.get_by_text("not right").wait_for()
    faults += _faults_of(page, "confirming with an error")
    context.close()

    context = browser.new_context(**looks)
    page = context.new_page()
    sign_in(page, stack)
    page.goto("/account/security/")
    faults += _faults_of(page, "security, with nothing set up")
    page.get_by_role("link", name="Set up an app").click()
    page.locator("#secret").wait_for()
    faults += _faults_of(page, "the app")
    page.get_by_label("6 digits").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    page.locator(".field .error").wait_for()
    faults += _faults_of(page, "the app with an error")
    context.close()
    assert faults == []


def _half_signed(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("Email").fill("looks@factors.example")
    page.get_by_label("Password", exact=True).fill("a sentence works well")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/sign-in/second/")
    return page


def _faults_of(page: Page, where: str) -> list[str]:
    faults = [f"{where}: {violation['id']}" for violation in Axe().run(page).response["violations"]]
    return faults + ([f"{where} is {_overflow(page)} px too wide"] if _overflow(page) else [])


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
