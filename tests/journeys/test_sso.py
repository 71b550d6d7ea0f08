"""Single sign-on in a browser, against a provider that somebody else wrote."""

from collections.abc import Iterator

import pytest
from oidc_provider_mock import User as Person
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.journeys.conftest import Stack

_SETUP = """
from django.utils import timezone
from accounts.actions import sso
from accounts.models import IdentityProvider, Organization
from ledger.actor import Actor
organization = Organization.objects.get(slug="{slug}")
organization.domains.filter(domain="sso.example").delete()
organization.domains.create(domain="sso.example", token="t" * 43, verified_at=timezone.now())
setup = sso.Setup("{issuer}", "console", "a secret", makes_accounts=True, newcomers="viewer")
provider = sso.set_up(Actor.operator(), organization, setup)
"""
_ENFORCE = "\nIdentityProvider.objects.filter(pk=provider.pk).update(is_enforced=True)"
_REMOVE = "from accounts.models import IdentityProvider\nIdentityProvider.objects.all().delete()"


@pytest.fixture
def issuer(stack: Stack) -> Iterator[str]:
    claims = {"email": "nadia@sso.example", "email_verified": True, "name": "Nadia New"}
    with run_server_in_thread(user_claims=[Person(sub="nadia", claims=claims)]) as server:
        found = f"http://localhost:{server.server_port}"
        stack.manage("shell", "-v", "0", "-c", _SETUP.format(slug=stack.demo["organization"], issuer=found) + _ENFORCE)
        yield found
    stack.manage("shell", "-v", "0", "-c", _REMOVE)


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_new_signs_in_with_the_provider_of_their_organization(
    browser: Browser, stack: Stack, issuer: str, scripts: bool
) -> None:
    context = browser.new_context(base_url=stack.console, java_script_enabled=scripts)
    page = context.new_page()
    faults = faults_of(page, stack.console)
    page.goto("/sign-in/")
    page.get_by_role("link", name="Continue with SSO").click()
    page.get_by_label("Work email").fill("nadia@unknown.example")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("There is no single sign-on for this address")).to_be_visible()
    page.get_by_label("Work email").fill("nadia@sso.example")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{issuer}/**")  # by itself: the page between has no script
    page.get_by_role("button", name="nadia").first.click()
    page.wait_for_url(f"{stack.console}/**")
    page.goto(f"/o/{stack.demo['organization']}/keys/")
    expect(page.get_by_role("heading", name="API keys")).to_be_visible()
    assert [fault for fault in faults if "422" not in fault] == [], "the refused address alone"
    context.close()


def test_who_signs_in_otherwise_is_led_there(browser: Browser, stack: Stack, issuer: str) -> None:
    """The demo's own owner has an address of no domain, so a member of the domain is made one."""
    stack.manage("shell", "-v", "0", "-c", _MEMBER.format(slug=stack.demo["organization"]))
    context = browser.new_context(base_url=stack.console)
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("Email").fill("mira@sso.example")
    page.get_by_label("Password", exact=True).fill("nineteen lanterns over a quiet harbour")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/account/sso/**")
    expect(page.get_by_role("heading", name="Sign in with single sign-on")).to_be_visible()
    page.get_by_role("button", name="Continue with SSO").click()
    page.wait_for_url(f"{issuer}/**")
    context.close()


def faults_of(page: Page, origin: str) -> list[str]:
    """Return a list that fills with what the console's own pages complain of; the provider's do, too."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and str(message.location["url"]).startswith(origin):
            found.append(message.text)

    page.on("console", note)
    return found


_MEMBER = """
from django.utils import timezone
from accounts.actions import add_member
from accounts.models import Organization, Role, User
from ledger.actor import Actor
mira = User.objects.create_user(
    "mira@sso.example", "nineteen lanterns over a quiet harbour", email_verified_at=timezone.now()
)
add_member(Actor.operator(), organization=Organization.objects.get(slug="{slug}"), user=mira, role=Role.VIEWER)
"""
