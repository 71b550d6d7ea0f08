"""The pages of second factors, empty, full and with errors, in each look."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Stack, sign_in
from tests.journeys.looks import faults_in, opened

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
    page = context.new_page()
    _half_signed(page)
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[-1])
    page.get_by_role("button", name="Continue", exact=True).click()
    page.get_by_text("9 are left").wait_for()
    return context.storage_state(), passkey


def test_signing_in_with_a_second_factor_is_accessible_and_fits(browser: Browser, stack: Stack, factors: Any) -> None:
    faults: list[str] = []
    with opened(browser, stack, faults) as page:
        _half_signed(page)
        for path in ("/sign-in/second/", "/sign-in/second/?recovery=yes"):
            page.goto(path)
            faults += faults_in(page, path)
            page.get_by_role("textbox").fill("000000")
            page.get_by_role("button", name="Continue", exact=True).click()
            page.locator(".field .error").wait_for()
            faults += faults_in(page, f"{path} with an error")
    assert _without_refusals(faults) == []


def test_the_pages_of_factors_are_accessible_and_fit(browser: Browser, stack: Stack, factors: Any) -> None:
    faults: list[str] = []
    state, passkey = factors
    with opened(browser, stack, faults, storage_state=state) as page:
        for path in [*(f"/account/security/{path.format(passkey=passkey)}" for path in _FACTORS), "/account/confirm/"]:
            page.goto(path)
            faults += faults_in(page, path)
        page.get_by_label("Password", exact=True).fill("wrong")
        page.get_by_role("button", name="Confirm", exact=True).click()
        page.get_by_text("not right").wait_for()
        faults += faults_in(page, "confirming with an error")
    assert _without_refusals(faults) == []


def test_setting_up_the_first_factor_is_accessible_and_fits(browser: Browser, stack: Stack) -> None:
    faults: list[str] = []
    with opened(browser, stack, faults) as page:
        sign_in(page, stack)
        page.goto("/account/security/")
        faults += faults_in(page, "security, with nothing set up")
        page.get_by_role("link", name="Set up an app").click()
        page.locator("#secret").wait_for()
        faults += faults_in(page, "the app")
        page.get_by_label("6 digits").fill("000000")
        page.get_by_role("button", name="Turn it on").click()
        page.locator(".field .error").wait_for()
        faults += faults_in(page, "the app with an error")
    assert _without_refusals(faults) == []


def _without_refusals(faults: list[str]) -> list[str]:
    """Leave out that Chromium calls the answer to a form with a mistake an error."""
    return [fault for fault in faults if "422" not in fault]


def _half_signed(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill("looks@factors.example")
    page.get_by_label("Password", exact=True).fill("a sentence works well")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/sign-in/second/")
