"""Factors in a real browser, with an authenticator that the browser simulates."""

import re
import time
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.journeys.conftest import Stack, wait_for, watch

PASSWORD = "a sentence works well"


@pytest.fixture
def person(stack: Stack, request: pytest.FixtureRequest) -> str:
    """The address of somebody with an account of their own."""
    email = f"{re.sub('[^a-z]', '', request.node.name)[-40:]}@factors.example"
    stack.manage("shell", "-v", "0", "-c", _PERSON.format(email=email, password=PASSWORD))
    return email


_PERSON = """
from django.utils import timezone
from accounts.actions import create_organization
from accounts.models import User
from ledger.actor import Actor
user = User.objects.create_user({email!r}, {password!r}, email_verified_at=timezone.now())
create_organization(Actor.user(user.pk), name="Factors", owner=user)
"""


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A page on which any console error, policy violation or script error fails the test."""
    context, faults = browser.new_context(base_url=stack.console), list[str]()
    made = context.new_page()
    watch(made, faults)
    yield made
    context.close()
    # A form with a mistake in it answers 422, which Chromium calls an error.
    assert [fault for fault in faults if "422" not in fault] == []


def authenticator(page: Page) -> tuple[CDPSession, str]:
    """Give the browser a device that makes passkeys and says that its person is there."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def test_a_passkey_is_added_and_signs_in_alone(page: Page, person: str) -> None:
    session, device = authenticator(page)
    enter(page, person)
    add_passkey(page, "Laptop")
    expect(page.get_by_text("Never used")).to_be_visible()
    sign_out(page, away=(session, device))
    page.get_by_role("button", name="Continue with a passkey").click()
    page.wait_for_url("**/o/**")
    page.goto("/account/security/")
    expect(page.get_by_text("Used just now").or_(page.get_by_text(re.compile("Used .* ago")))).to_be_visible()


def test_the_browser_offers_the_passkey_where_the_address_is_typed(page: Page, person: str) -> None:
    authenticator(page)
    enter(page, person)
    add_passkey(page, "Laptop")
    page.get_by_role("button", name="Account menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/o/**")  # the simulated device answers by itself as soon as it is asked


def test_cancelling_says_so_and_the_password_still_works_with_the_passkey_after_it(page: Page, person: str) -> None:
    session, device = authenticator(page)
    enter(page, person)
    add_passkey(page, "Laptop")
    sign_out(page, away=(session, device))
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Continue with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
    type_password(page, person)
    page.wait_for_url("**/sign-in/second/**")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="Continue with a passkey").click()
    page.wait_for_url("**/o/**")


def test_a_password_with_a_code_and_then_with_a_recovery_code(page: Page, person: str, stack: Stack) -> None:
    enter(page, person)
    secret = set_up_app(page)
    page.get_by_role("button", name="Make codes").click()
    codes = page.locator("#codes").inner_text().split()
    assert len(codes) == 10
    sign_out(page)

    type_password(page, person)
    page.get_by_label("6 digits").fill("000000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("That code is not right")).to_be_visible()
    page.get_by_label("6 digits").fill(newer_code(secret))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/o/**")
    sign_out(page)

    type_password(page, person)
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[3].lower())
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/o/**")
    expect(page.get_by_text("9 are left")).to_be_visible()
    wait_for(lambda: told(stack, person) >= {"A recovery code opened your account"}, 20)


def test_making_a_key_asks_again_who_one_is_and_goes_on(page: Page, person: str, stack: Stack) -> None:
    authenticator(page)
    enter(page, person)
    add_passkey(page, "Laptop")
    stack.manage("shell", "-v", "0", "-c", _AGE.format(email=person))
    page.goto("/")
    page.get_by_role("link", name="API keys").first.click()
    page.get_by_role("link", name="Create the first key").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_role("button", name="Confirm with a passkey").click()
    page.wait_for_url("**/keys/new/")
    page.get_by_label("Name").fill("confirmed")
    page.get_by_role("button", name="Create key").click()
    assert page.locator("#secret").inner_text().startswith("llk_")


_AGE = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import BrowserSession, User
user = User.objects.find_by_email({email!r})
for row in BrowserSession.objects.of(user.pk):
    data = row.get_decoded()
    data["confirmed_at"] = (timezone.now() - timedelta(minutes=16)).isoformat()
    row.session_data = row.get_session_store_class()().encode(data)
    row.save()
"""


def enter(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    type_password(page, email)
    page.wait_for_url("**/o/**")


def type_password(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def add_passkey(page: Page, name: str) -> None:
    page.goto("/account/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_text(name, exact=True).first).to_be_visible()


def set_up_app(page: Page) -> str:
    """Set the app up; return its secret."""
    page.goto("/account/security/")
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    assert page.locator(".qr-picture path").count() == 1
    page.get_by_label("6 digits").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Make your recovery codes")).to_be_visible()
    return secret


def newer_code(secret: str) -> str:
    """Return the code of the next step, which a clock that is a little off would show."""
    return pyotp.TOTP(secret).at(time.time() + 30)


def sign_out(page: Page, away: tuple[CDPSession, str] | None = None) -> None:
    """Sign out; a simulated device that is away does not answer the sign-in page by itself."""
    if away:
        session, device = away
        session.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": False})
    page.get_by_role("button", name="Account menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")
    page.wait_for_load_state("networkidle")
    if away:
        session.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": True})


def told(stack: Stack, email: str) -> set[str]:
    """Return what somebody was written about."""
    return {mail["subject"] for mail in stack.mails() if email in str(mail["to"])}
