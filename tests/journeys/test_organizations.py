"""An organization from its making to its receipt, in a real browser, and an operator's process beside it."""

import json
import re
import subprocess
import sys

from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, Stack, sign_in, wait_for

# As if the days of grace were over: the row says so, and the operator's process is told to wait for none.
_DUE = """
from django.utils import timezone
from accounts.models import Deletion
Deletion.objects.pending().filter(kind="organization").update(due_at=timezone.now())
"""


def carry_out_deletions(stack: Stack) -> None:
    stack.manage("shell", "-v", "0", "-c", _DUE)
    said = subprocess.run(
        [sys.executable, "manage.py", "carry_out_deletions"],
        cwd=ROOT, env={**stack.environment, "DELETION_GRACE_DAYS": "0"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "carried out" in said.stdout


def test_an_organization_is_made_worked_in_deleted_and_leaves_a_receipt(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    page.get_by_role("button", name=re.compile("Switch organization")).click()
    page.get_by_role("link", name="New organization").click()
    page.get_by_label("Name").fill("Shortlived")
    page.get_by_role("button", name="Make organization").click()
    page.wait_for_url("**/o/shortlived/")

    page.get_by_role("link", name="Projects").first.click()
    page.get_by_role("link", name="New project").click()
    page.get_by_label("Name").fill("Search")
    page.get_by_label("Days that prompts").fill("7")
    page.get_by_role("button", name="Make project").click()
    expect(page.get_by_text("sealed, kept 7 days")).to_be_visible()
    page.get_by_role("link", name="Archive…").click()
    page.get_by_role("button", name="Archive project").click()
    expect(page.get_by_text("This project is archived.")).to_be_visible()
    page.get_by_role("button", name="Unarchive").click()
    expect(page.get_by_text("its keys work again")).to_be_visible()

    page.get_by_role("link", name="Settings").first.click()
    page.get_by_role("textbox", name="Name").fill("Short Lived")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The name is changed.")).to_be_visible()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_label("Type the name").fill("Short Lived")
    page.get_by_role("button", name="Delete in 7 days").click()
    link = page.locator("#link").inner_text()
    expect(page.get_by_text("This organization will be deleted on")).to_be_visible()

    page.goto(link)
    expect(page.get_by_role("heading", name="The organization will be deleted")).to_be_visible()
    carry_out_deletions(stack)
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the receipt").click()
    receipt = json.loads(download.value.path().read_text())
    assert receipt["format"] == "llama-console-erasure/1"
    assert receipt["keys"]
    mail = wait_for(lambda: [mail for mail in stack.mails() if "Short Lived is deleted" in mail["subject"]], 90)[0]
    assert link in mail["links"]
    assert page.request.get(f"{stack.console}/o/shortlived/").status == 404
