"""The pages of an account in between: links of letters, a code on its way, an archive, an end that was asked for."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Stack
from tests.journeys.looks import PHONE, faults_in, faults_of, opened

_PASSWORD = "a sentence works well"

# Somebody of whom each page has the most to show. Prints the addresses that only a letter or the database knows.
_PERSON = """
import json
from datetime import date, timedelta
from django.utils import timezone
from accounts.actions import schedule_deletion
from accounts.actions.addresses import issue_proof, issue_return
from accounts.actions.exports import issue_link
from accounts.models import User
from ledger.actor import Actor
from notifications import outbox
from notifications.models import Channel
now, week = timezone.now(), timezone.now() + timedelta(days=7)
user = User.objects.create_user(
    "long." + "w" * 50 + "@looks.example", {password!r}, email_verified_at=now, name="W" * 120,
    location="An office in the north wing of Lisbon " * 3, phone="+351912000111", date_of_birth=date(1987, 6, 5),
)
new = user.spare_addresses.create(email="new@looks.example", expires_at=week)
former = user.spare_addresses.create(email="former@looks.example", is_former=True, expires_at=week)
spare = user.spare_phones.create(phone="+351912000222", expires_at=week)
text = outbox.put("verify-phone", spare.pk, recipient_id=spare.pk, channel=Channel.SMS)
text.failed_at, text.error = now, "sms-capped"
text.save()
export = user.exports.create(expires_at=week, ready_at=now, size=123_456_789)
other = User.objects.create_user("leaving@looks.example", {password!r}, email_verified_at=now)
schedule_deletion(Actor.user(other.pk), subject=other, requested_by=other)
print(json.dumps({{
    "confirm_email": "/account/email/" + issue_proof(new)[0] + "/", "take_back": "/account/report/" + issue_return(former) + "/",
    "export": "/account/export/" + issue_link(export) + "/", "address": "long." + "w" * 50 + "@looks.example",
}}))
"""  # noqa: E501
_OWN = [
    "/account/profile/",
    "/account/profile/edit/",
    "/account/phone/",
    "/account/phone/code/",
    "/account/phone/removal/",
    "/account/notifications/",
    "/account/data-access/?by=members",
    "/account/export/",
    "/account/export/" + "x" * 43 + "/",
]


@pytest.fixture(scope="module")
def pages(stack: Stack) -> dict[str, str]:
    found: dict[str, str] = json.loads(
        stack.manage("shell", "-v", "0", "-c", _PERSON.format(password=_PASSWORD)).splitlines()[-1]
    )
    return found


def state_of(browser: Browser, stack: Stack, email: str) -> Any:
    context = browser.new_context(base_url=stack.console)
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="module")
def states(browser: Browser, stack: Stack, pages: dict[str, str]) -> dict[str, Any]:
    emails = {"full": pages["address"], "leaving": "leaving@looks.example"}
    return {name: state_of(browser, stack, email) for name, email in emails.items()}


def test_every_page_of_an_account_is_accessible_and_fits(
    browser: Browser, stack: Stack, pages: dict[str, str], states: dict[str, Any]
) -> None:
    faults: list[str] = []
    visits = {
        "full": [*_OWN, pages["confirm_email"], pages["export"]],
        "leaving": ["/account/deletion/", "/account/sessions/"],
        "": [pages["take_back"], "/account/report/" + "x" * 43 + "/"],
    }
    for who, paths in visits.items():
        with opened(browser, stack, faults, storage_state=states.get(who)) as page:
            for path in paths:
                page.goto(path)
                faults += faults_in(page, path)
    # What a browser says of an answer that is 410 on purpose.
    assert [fault for fault in faults if "410" not in fault] == []


def test_what_was_mistyped_is_shown_beside_its_field(browser: Browser, stack: Stack, states: dict[str, Any]) -> None:
    faults: list[str] = []
    with opened(browser, stack, [], storage_state=states["full"], viewport=PHONE) as page:
        for path, label, text, button in (
            ("/account/phone/", "Mobile number", "912", "Send the code"),
            ("/account/phone/code/", "6 digits", "000000", "Use this phone"),
            ("/account/deletion/", "Type the word", "no", "Delete my account"),
        ):
            page.goto(path)
            page.get_by_label(label).fill(text)
            page.get_by_role("button", name=button).click()
            page.locator(".field .error").wait_for()
            faults += faults_of(page, f"{path} with an error")
    assert faults == []
