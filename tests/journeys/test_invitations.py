"""Olivia invites Mira by paste; Mira opens the link of the letter, signs up, and is a member."""

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Stack, sign_in, wait_for
from tests.journeys.looks import faults_of

MIRA = "mira@invited.example"


def test_from_a_pasted_list_to_a_member(browser: Browser, page: Page, stack: Stack) -> None:
    faults: list[str] = []
    sign_in(page, stack)
    page.get_by_role("link", name="Members").first.click()
    page.get_by_role("link", name="Invite members").click()
    page.get_by_label("Email addresses").fill(f"Mira Member <{MIRA}>,\nnobody\n{stack.demo['email']}")
    page.get_by_text("Developer", exact=True).click()
    page.get_by_label("Only these").check()
    page.get_by_label("Platform").check()
    page.get_by_role("button", name="Send invitations").click()
    expect(page.get_by_role("heading", name="1 invited")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("nobody"))).to_contain_text("Is no email address")
    faults += faults_of(page, "the verdicts")

    letter = wait_for(lambda: [mail for mail in stack.mails() if MIRA in str(mail["to"])], 30)[0]
    link = next(each for each in letter["links"] if re.search(r"/invitations/[\w-]{43}/$", each))
    invited = browser.new_context(base_url=stack.console, viewport={"width": 390, "height": 844})
    faults += _join(invited.new_page(), link)
    invited.close()

    page.goto(f"/o/{stack.demo['organization']}/members/")
    row = page.get_by_role("row", name=re.compile(MIRA))
    expect(row).to_contain_text("Developer")
    expect(row).to_contain_text("Platform")
    row.get_by_role("link").click()
    faults += faults_of(page, "one member")
    page.get_by_role("link", name="Remove").click()
    faults += faults_of(page, "removing a member")
    page.get_by_role("button", name="Remove member").click()
    expect(page.get_by_text("The member is removed")).to_be_visible()
    assert faults == []


def _join(page: Page, link: str) -> list[Any]:
    faults: list[str] = []
    page.goto(link)
    assert link.rstrip("/").rpartition("/")[2] not in page.url, "the token stands in the address no more"
    faults += faults_of(page, "the invitation")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Work email").fill(MIRA)
    page.get_by_label("Password", exact=True).fill("a sentence works well")
    page.get_by_role("button", name="Create account").click()
    faults += faults_of(page, "joining")
    page.get_by_role("button", name="Join", exact=True).click()
    page.wait_for_url("**/o/**")
    expect(page.get_by_text("Welcome to")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="This invitation does nothing here")).to_be_visible()
    return faults + faults_of(page, "a link that was used")
