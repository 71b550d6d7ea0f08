"""A person and their own account, in a browser: profile, phone, who opened what, the archive, and an end taken back."""

import io
import json
import re
import urllib.request
import zipfile
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.conftest import Stack, wait_for

_PERSON = """
from django.utils import timezone
from accounts.models import User
User.objects.create_user("own@journey.example", "a sentence works well", email_verified_at=timezone.now())
"""
NUMBER = "+351912000333"


def code_at(stack: Stack, number: str) -> str:
    """Wait for the text at the dev phone; return its code."""
    url = re.search(r"Phone\s+(\S+)", stack.log.read_text())
    assert url

    def found() -> str:
        with urllib.request.urlopen(f"{url[1]}.json", timeout=5) as answer:
            return next((str(text["code"]) for text in json.load(answer) if text["to"] == number), "")

    return str(wait_for(found, 20))


def test_a_person_looks_after_their_own_account(page: Page, stack: Stack) -> None:
    stack.manage("shell", "-v", "0", "-c", _PERSON)
    page.goto("/sign-in/?next=/account/profile/")
    page.get_by_label("Email").fill("own@journey.example")
    page.get_by_label("Password", exact=True).fill("a sentence works well")
    page.get_by_role("button", name="Sign in").click()
    page.goto("/account/profile/")
    assert page.get_by_text("Not given").count() == 4

    page.get_by_role("link", name="Show and change").click()
    page.get_by_label("Name").fill("Zoë Own")
    page.get_by_label("Date of birth").fill("1987-06-05")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    assert page.get_by_text("Not given").count() == 2

    page.get_by_role("link", name="Add a phone").click()
    page.get_by_label("Mobile number").fill("+351 912 000 333")
    page.get_by_role("button", name="Send the code").click()
    page.get_by_text("The text message is sent.").wait_for(timeout=20_000)
    page.get_by_label("6 digits").fill(code_at(stack, NUMBER))
    page.get_by_role("button", name="Use this phone").click()
    page.get_by_text("Your number is proven.").wait_for()
    assert page.get_by_label("Password changed, text message").is_enabled()

    page.get_by_role("link", name="Who opened my data").first.click()
    page.get_by_text("Your sealed data was opened").wait_for()

    page.get_by_role("link", name="Export my data").first.click()
    page.get_by_role("button", name="Make the archive").click()
    wait_for(lambda: stack.is_told("own@journey.example", "export of your data is ready"))
    page.get_by_role("link", name="Look again").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the archive").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert json.loads(archive.read("profile.json"))["phone"] == NUMBER

    page.get_by_role("link", name="Delete my account").first.click()
    page.get_by_label("Type the word").fill("delete")
    page.get_by_role("button", name="Delete my account").click()
    page.get_by_text("Your account is about to be deleted").wait_for()
    page.goto("/account/profile/")
    page.get_by_role("button", name="Keep my account").click()
    page.get_by_text("Your account stays.").wait_for()
