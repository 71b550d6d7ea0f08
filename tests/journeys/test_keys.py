"""Keys in a real browser: made with limits, seen once, rotated, found leaked, revoked together; and how it looks."""

import json
import re
import urllib.error
import urllib.request

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Stack, sign_in, wait_for
from tests.journeys.looks import faults_in, opened


def _keys(stack: Stack, *pages: str) -> str:
    return f"/o/{stack.demo['organization']}/keys/" + "".join(pages)


def _models(stack: Stack, secret: str) -> int:
    """Return the status that a key gets for a list of models."""
    asked = urllib.request.Request(f"{stack.api}/v1/models", headers={"Authorization": f"Bearer {secret}"})
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_a_key_is_made_with_limits_seen_once_rotated_and_revoked_with_another(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    page.goto(_keys(stack))
    page.get_by_role("link", name="Create key").click()
    form = page.get_by_role("dialog", name="Create key")
    form.get_by_label("Name").fill("journey-limits")
    form.get_by_label("Expires after").select_option("30")
    expect(form.get_by_label("Last day")).to_be_hidden()
    expect(form.get_by_label("Llama-3.3-8B-Instruct")).to_be_hidden()
    form.get_by_label("Only these").check()
    form.get_by_label("Llama-3.3-8B-Instruct").check()
    form.get_by_label("Requests a minute").fill("600")
    form.get_by_label("Stop calls at").fill("12.50")
    form.get_by_role("button", name="Create key").click()
    secret = page.locator("#secret").inner_text().strip()
    assert _models(stack, secret) == 200
    page.goto(_keys(stack, "?q=journey-limits"))
    assert secret not in page.content()
    page.get_by_role("link", name="journey-limits").click()
    expect(page.get_by_text("600 req")).to_be_visible()
    expect(page.get_by_text("of $12.50")).to_be_visible()

    page.get_by_role("link", name="Rotate", exact=True).click()
    page.get_by_label("Keep the former secret working for").select_option("3600")
    page.get_by_role("button", name="Rotate key").click()
    new = page.locator("#secret").inner_text().strip()
    assert new != secret
    expect(page.get_by_text("works for another 1 hour")).to_be_visible()
    assert (_models(stack, secret), _models(stack, new)) == (200, 200)

    page.goto(_keys(stack, "?q=journey-limits"))
    expect(page.get_by_text("Being rotated", exact=True).last).to_be_visible()
    for box in page.get_by_role("checkbox", name="Choose journey-limits").all():
        box.check()
    page.get_by_role("button", name="Revoke the chosen ones…").click()
    expect(page.get_by_role("heading", name="Revoke 2 keys?")).to_be_visible()
    page.get_by_label("Type how many keys these are to confirm").fill("2")
    page.get_by_role("button", name="Revoke 2 keys").click()
    expect(page.get_by_text("2 keys are revoked.")).to_be_visible()
    wait_for(lambda: (_models(stack, secret), _models(stack, new)) == (401, 401), 5)


def test_a_reported_key_is_slowed_down_and_its_owner_told(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    secret = stack.issue_key()
    body = json.dumps([{"token": secret, "type": "llama_console_key", "url": "https://paste.example/x"}]).encode()
    asked = urllib.request.Request(
        f"{stack.console}/api/v1/leak-reports", body, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert json.load(answer) == {"received": 1}
    wait_for(lambda: stack.is_told(stack.demo["email"], "is public"), 60)
    page.goto(_keys(stack, f"?flag=leaked&q={secret[-4:]}"))
    page.get_by_role("link", name="journey").click()
    page.get_by_role("link", name="See how far it reached").click()
    expect(page.get_by_text("on paste.example")).to_be_visible()
    page.get_by_role("button", name="Rotate, stop the old secret").click()
    new = page.locator("#secret").inner_text().strip()
    wait_for(lambda: (_models(stack, secret), _models(stack, new)) == (401, 200), 5)


_ESTATE = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import Project
from billing.actions.budgets import Plan, set_budget
from catalog.money import PICO
from keys.actions import issue_key, make_service_account, mark_leaked, rotate_key, set_limits
from keys.actions.limiting import Ceiling
from keys.models import ApiKey, KeyUse
from keys.rules import Rules
from keys.subjects import of_key, of_project
from ledger.actor import Actor
actor, now = Actor.operator(), timezone.now()
project = Project.objects.get(slug="platform", organization__slug="{organization}")
rules = Rules(["chat"], None, ["203.0.113.0/24", "2001:db8::/32"], now + timedelta(days=9), 90)
key, _ = issue_key(actor, project=project, name="of-looks", rules=rules)
set_limits(actor, of_key(key), Ceiling(600, 200000, 4))
set_limits(actor, of_project(project), Ceiling(60), model="Llama-3.3-8B-Instruct")
set_budget(actor, of_key(key), Plan("month", hard=500 * PICO, soft=400 * PICO))
leaked, _ = issue_key(actor, project=project, name="leaked-with-a-name-that-is-rather-long-for-a-phone")
mark_leaked(actor, leaked, host="github.com")
orphan, _ = issue_key(actor, project=project, name="orphan")
ApiKey.objects.filter(pk=orphan.pk).update(orphaned_at=now, created_at=now - timedelta(days=120))
rotate_key(actor, issue_key(actor, project=project, name="rotated")[0], overlap=timedelta(hours=24))
account = make_service_account(actor, project=project, name="nightly-evaluation")
for each, network in ((key, "203.0.113.0/24"), (leaked, "198.51.100.0/24"), (leaked, "2001:db8:1::/48")):
    hour = now.replace(minute=0, second=0, microsecond=0)
    KeyUse.objects.create(key_id=each.pk, hour=hour, network=network, model="Llama-3.3-8B-Instruct", last_at=now,
                          requests=1200, errors=3, tokens=409600, amount=12 * 10**9)
print(key.pk, leaked.pk, account.pk)
"""


def test_the_pages_of_keys_look_right(browser: Browser, stack: Stack, state: object) -> None:
    made = stack.manage("shell", "--no-imports", "-c", _ESTATE.replace("{organization}", stack.demo["organization"]))
    key, leaked, account = re.findall(r"[0-9a-f-]{36}", made)[-3:]
    organization = f"/o/{stack.demo['organization']}/"
    paths = [
        "keys/",
        "keys/new/",
        "keys/?state=attention",
        f"keys/{key}/",
        f"keys/{key}/change/",
        f"keys/{key}/rotation/",
        f"keys/{leaked}/",
        f"keys/{leaked}/leak/",
        f"keys/revocations/?key={key}&key={leaked}",
        "keys/service-accounts/",
        "keys/service-accounts/new/",
        f"keys/service-accounts/{account}/ending/",
        "limits/organization/",
        "projects/platform/limits/",
        "projects/platform/limits/?model=Llama-3.3-8B-Instruct",
    ]
    faults: list[str] = []
    with opened(browser, stack, faults, storage_state=state) as page:
        for path in paths:
            page.goto(organization + path)
            faults += faults_in(page, path)
    assert faults == []
