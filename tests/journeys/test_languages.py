"""The pages in German, which has longer words, and from right to left, as a language to come would read."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Stack, sign_in
from tests.journeys.looks import faults_in, opened, too_wide_in

_LANGUAGE = "from accounts.models import User; User.objects.filter(is_demo=True).update(language='{}')"
_DOMAIN = UUID(int=7)
# With a provider and a domain the pages of single sign-on say most.
_SSO = f"""
from uuid import UUID
from accounts.actions import sso
from accounts.models import IdentityProvider, Organization
from ledger.actor import Actor
organization = Organization.objects.get(slug="{{slug}}")
organization.domains.create(id=UUID("{_DOMAIN}"), domain="a-rather-long-name.of-acme.example", token="t" * 43)
setup = sso.Setup("https://login.example.com", "console", "a secret", makes_accounts=True, newcomers="viewer")
sso.set_up(Actor.operator(), organization, setup)
"""
_NO_SSO = f"""
from accounts.models import IdentityProvider, VerifiedDomain
IdentityProvider.objects.all().delete()
VerifiedDomain.objects.filter(pk="{_DOMAIN}").delete()
"""
_TOLD = ("status of 400", "status of 404", "status of 422")
_PUBLIC = ["/sign-in/", "/sign-in/sso/", f"/sign-in/sso/callback/{_DOMAIN}/", "/sign-up/", "/reset/", "/nowhere/"]
_PAGES = [
    "",
    "keys/",
    "members/",
    "members/invitations/new/",
    "projects/new/",
    "settings/",
    "roles/",
    "webhooks/",
    "prices/",
    "prices/Llama-3.3-70B-Instruct/",
    "usage/?compare=1",
    "billing/",
    "billing/credit/",
    "billing/credits/",
    "billing/invoices/",
    "billing/ledger/",
    "billing/cap/",
    "billing/auto-recharge/",
    "billing/balance-warning/",
    "billing/payment-methods/shown/",
    "billing/payment-methods/portal/",
    "billing/tax/shown/",
    "billing-contacts/",
    "data-access/",
    "audit/",
    "audit/?q=who:me",
    "audit/?q=action:key+until:2001-01-01",
    "sso/",
    "sso/provider/",
    "sso/enforcement/",
    "sso/links/",
    "sso/removal/",
    "sso/domains/new/",
    f"sso/domains/{_DOMAIN}/",
    f"sso/domains/{_DOMAIN}/removal/",
    "security/",
    "/account/security/",
    "/account/notifications/",
    "/account/profile/",
    "/account/messages/",
    "/account/deletion/",
]


@pytest.fixture(scope="module")
def german(browser: Browser, stack: Stack) -> Iterator[Any]:
    """The state of a browser in which somebody is signed in whose language is German."""
    context = browser.new_context(base_url=stack.console)
    sign_in(context.new_page(), stack)
    stack.manage("shell", "-v", "0", "-c", _LANGUAGE.format("de") + _SSO.format(slug=stack.demo["organization"]))
    yield context.storage_state()
    stack.manage("shell", "-v", "0", "-c", _LANGUAGE.format("en") + _NO_SSO)


def test_the_pages_in_german_are_accessible_and_fit(browser: Browser, stack: Stack, german: Any) -> None:
    faults: list[str] = []
    for page, path in _visited(browser, stack, german, faults):
        assert page.locator("html").get_attribute("lang") == "de"
        faults += faults_in(page, path, [("light", 390)]) + too_wide_in(page, path)
    # What a browser says of pages that are not there, or tell what went wrong.
    assert [fault for fault in faults if not any(status in fault for status in _TOLD)] == []


def test_from_right_to_left_nothing_is_wider_than_the_screen(browser: Browser, stack: Stack, german: Any) -> None:
    faults: list[str] = []
    for page, path in _visited(browser, stack, german, []):
        page.evaluate("document.documentElement.dir = 'rtl'")
        faults += too_wide_in(page, path, (390, 1280))
        if path not in _PUBLIC:
            side = page.locator("nav.side").bounding_box()
            assert side is not None
            assert side["x"] > 1280 / 2, "the navigation stands where reading starts"
    assert faults == []


def _visited(browser: Browser, stack: Stack, state: Any, faults: list[str]) -> Iterator[tuple[Page, str]]:
    private = [path if path.startswith("/") else f"/o/{stack.demo['organization']}/{path}" for path in _PAGES]
    for paths, signed_in in ((_PUBLIC, None), (private, state)):
        with opened(browser, stack, faults, storage_state=signed_in, locale="de") as page:
            for path in paths:
                page.goto(path)
                yield page, path
