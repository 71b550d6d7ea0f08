"""How lately members must have shown who they are, for one organization."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import add_member, create_organization
from accounts.models import BrowserSession, Organization, Role, User
from accounts.session_store import stored
from ledger.actor import Actor
from tests.accounts.security_rules.conftest import HOME, Rules, asks_again
from tests.accounts.test_step_up import age
from tests.conftest import OLIVIA, PASSWORD

pytestmark = pytest.mark.django_db
OTHER = "/o/zebras/"


@pytest.fixture
def other(owner: User) -> Organization:
    """Olivia's second organization, which asks for nothing."""
    return create_organization(Actor.user(owner.pk), name="Zebras", owner=owner, contact=OLIVIA)


def rest(client: Client, minutes: int) -> None:
    """Let the browser have been silent for so long."""
    row = BrowserSession.objects.filter(pk=stored(client.session.session_key or ""))
    assert row.update(seen_at=timezone.now() - timedelta(minutes=minutes))


def confirm(client: Client) -> Any:
    return client.post("/account/confirm/", {"password": PASSWORD, "next": HOME})


def test_who_showed_it_too_long_ago_shows_it_again_and_comes_back(as_owner: Client, rules: Rules) -> None:
    rules(session_hours=1)
    assert as_owner.get(HOME).status_code == 200
    age(as_owner, minutes=61)
    assert asks_again(as_owner)
    assert "asks again who you are" in as_owner.get("/account/confirm/").content.decode()
    assert confirm(as_owner)["Location"] == HOME
    assert as_owner.get(HOME).status_code == 200


def test_their_other_organizations_go_on(as_owner: Client, rules: Rules, other: Organization) -> None:
    rules(session_hours=1, idle_minutes=15)
    age(as_owner, minutes=61)
    rest(as_owner, 60)
    assert as_owner.get(OTHER).status_code == 200


def test_a_rest_asks_again_though_another_page_ended_it(as_owner: Client, rules: Rules, other: Organization) -> None:
    rules(idle_minutes=30)
    age(as_owner, minutes=600)
    rest(as_owner, 40)
    assert as_owner.get(OTHER).status_code == 200
    assert asks_again(as_owner)
    confirm(as_owner)
    assert as_owner.get(HOME).status_code == 200
    rest(as_owner, 20)
    assert as_owner.get(HOME).status_code == 200


def test_a_rest_stays_noted_when_the_page_that_ended_it_keeps_something(
    as_owner: Client, rules: Rules, other: Organization
) -> None:
    rules(idle_minutes=30)
    age(as_owner, minutes=600)
    rest(as_owner, 40)
    as_owner.post("/account/security/passkeys/new/options/", HTTP_X_POLL="1")
    as_owner.post("/account/confirm/passkey/options/", HTTP_X_POLL="1")
    assert asks_again(as_owner)


def test_a_page_that_asks_by_itself_is_nobody_who_is_there(as_owner: Client, rules: Rules) -> None:
    rules(idle_minutes=30)
    age(as_owner, minutes=600)
    for minutes in (10, 20):
        rest(as_owner, minutes)
        as_owner.get(HOME + "usage/", HTTP_X_POLL="1")
    session = BrowserSession.objects.get(pk=stored(as_owner.session.session_key or ""))
    assert timezone.now() - session.seen_at > timedelta(minutes=19)


def test_live_pages_say_that_they_ask_by_themselves(as_owner: Client) -> None:
    for path in (HOME, HOME + "usage/"):
        assert """hx-headers='{"X-Poll": "1"}'""" in as_owner.get(path).content.decode()


def test_a_session_that_never_showed_it_is_asked(owner: User, organization: Organization, rules: Rules) -> None:
    rules(session_hours=168)
    client = Client()
    client.force_login(owner)
    assert asks_again(client)


def test_a_part_of_a_page_sends_the_whole_page_there(as_owner: Client, rules: Rules) -> None:
    rules(session_hours=1)
    age(as_owner, minutes=61)
    answer = as_owner.get(HOME + "usage/", HTTP_HX_REQUEST="true")
    assert answer["HX-Redirect"] == "/account/confirm/"
    assert as_owner.post(HOME + "projects/new/")["Location"] == "/account/confirm/"


def test_who_is_no_member_learns_of_no_rule(
    as_outsider: Client, outsider: User, organization: Organization, rules: Rules
) -> None:
    rules(session_hours=1, networks=["198.51.100.0/24"], second_factor=True)
    assert as_outsider.get(HOME).status_code == 404
    add_member(Actor.operator(), organization=organization, user=outsider, role=Role.VIEWER)
    assert as_outsider.get(HOME).status_code == 403
