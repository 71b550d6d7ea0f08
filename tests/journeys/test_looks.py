"""Every page in both themes and on phones: no axe violation, no console error, nothing wider than the screen."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Stack
from tests.journeys.looks import LOOKS_OF_MANY, faults_in, opened, too_wide_in

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
    "prices/",
    "prices/Llama-3.3-70B-Instruct/",
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
    "costs/",
    "usage/",
    "usage/?range=90d&group=key&compare=1",
    "usage/?range=7d&step=hour&metric=latency-p95&group=status&compare=1",
    "usage/?range=custom&from=2026-01-01&to=2026-01-02&group=member&status=2xx&project=research",
    "usage/filters/?status=4xx",
    "usage/views/?metric=errors",
    "requests/",
    "requests/?range=12m&status=5xx",
    "requests/?model=none",
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
    "/staff/billing/",
    "/staff/prices/",
    "/staff/prices/Llama-3.3-70B-Instruct/",
    "/staff/price-proposals/Llama-3.3-70B-Instruct/",
]


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


@pytest.mark.usefixtures("letters")
def test_every_page_is_accessible_and_fits(
    browser: Browser, stack: Stack, state: Any, unsubscribe: str, ending: list[str]
) -> None:
    faults: list[str] = []
    private = [path if path.startswith("/") else f"/o/{stack.demo['organization']}/{path}" for path in _PRIVATE]
    with opened(browser, stack, faults) as page:
        for path in [*_PUBLIC, unsubscribe]:
            page.goto(path)
            faults += faults_in(page, path)
    with opened(browser, stack, faults, storage_state=state) as page:
        for path in [*_OWN, *private, *_PREVIEWS, *_STAFF, *ending]:
            page.goto(path)
            faults += faults_in(page, path, LOOKS_OF_MANY) + too_wide_in(page, path)
    assert faults == []


def test_a_look_shows_what_only_one_theme_or_width_has(page: Page) -> None:
    page.set_content("""<!doctype html><html lang="en"><title>Page</title><main><h1>Page</h1><p>Text</p></main>
        <style>@media (prefers-color-scheme: dark) { p { color: #777; background: #666 } }
        @media (width < 360px) { p { width: 500px } }</style>""")
    assert [fault.split(":")[0].split(" is")[0] for fault in faults_in(page, "page")] == [
        "page (dark, 1280 px)",  # the contrast
        "page (dark, 320 px)",
        "page (dark, 320 px)",  # the width
    ]
