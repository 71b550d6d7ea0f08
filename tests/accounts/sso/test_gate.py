"""Where single sign-on is enforced: which sessions see the organization, and which do not."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import add_member, create_organization
from accounts.models import IdentityProvider, Organization, Role, User
from tests.accounts.sso.conftest import OPERATOR, prove
from tests.accounts.sso.test_sign_in import move
from tests.conftest import person
from tests.support.factors import is_signed_in, type_password, with_passkey
from tests.support.identity import Provider, asked, come_back, sign_in

pytestmark = pytest.mark.django_db
HOME = "/o/llamas-of-lisbon/"


def is_open(client: Client, page: str = HOME) -> bool:
    answer = client.get(page)
    if answer.status_code == 302:
        assert answer["Location"].startswith("/account/sso/"), answer["Location"]
    return answer.status_code == 200


def test_a_session_by_the_provider_sees_it_and_one_by_password_does_not(
    client: Client, enforced: IdentityProvider, provider: Provider, owner: User
) -> None:
    type_password(client)
    assert is_signed_in(client), "the account itself is open"
    for page in ("", "keys/", "usage/", "data-access/", "sso/"):
        assert not is_open(client, HOME + page), page
        assert client.post(HOME + page).status_code == 302, page
    other = Client()
    sign_in(other, provider)
    assert is_open(other)


def test_the_way_in_leads_on_to_the_page_that_was_asked_for(
    client: Client, enforced: IdentityProvider, provider: Provider, owner: User
) -> None:
    type_password(client)
    wall = client.get(HOME + "keys/?page=2")["Location"]
    assert enforced.organization.name in client.get(wall).content.decode()
    left = client.post(wall, {"next": client.get(wall).context["next"]})
    answer = come_back(client, provider, left["Refresh"].partition("url=")[2], "olivia@example.com")
    assert answer["Location"] == HOME + "keys/?page=2"
    assert is_open(client)


def test_it_counts_at_once_for_open_sessions_and_for_fragments(
    client: Client, connected: IdentityProvider, owner: User
) -> None:
    type_password(client)
    assert is_open(client)
    IdentityProvider.objects.update(is_enforced=True)
    assert not is_open(client)
    fragment = client.get(HOME + "usage/", headers={"HX-Request": "true"})
    assert fragment["HX-Redirect"].startswith("/account/sso/")


def test_an_owner_with_a_passkey_gets_in_and_no_other_member_does(
    as_owner: Client, as_member: Client, enforced: IdentityProvider
) -> None:
    for client, opens in ((as_owner, True), (as_member, False)):
        device = with_passkey(client)
        own = Client()
        options = own.post("/sign-in/passkey/options/").json()
        own.post("/sign-in/passkey/", {"credential": device.sign(options)})
        assert is_signed_in(own)
        assert is_open(own) is opens


def test_a_guest_from_another_domain_comes_in_as_before_until_the_domain_is_added(
    client: Client, enforced: IdentityProvider, organization: Organization, django_assert_max_num_queries: Any
) -> None:
    guest = person("gina@guests.example")
    add_member(OPERATOR, organization=organization, user=guest, role=Role.VIEWER)
    type_password(client, "gina@guests.example")
    assert is_open(client)
    assert "guests.example" not in str(client.session.items())
    assert is_open(client)
    prove(organization, "guests.example")
    assert not is_open(client)


def test_a_guest_who_takes_an_address_of_the_domain_is_none_any_more(
    client: Client, enforced: IdentityProvider, organization: Organization
) -> None:
    guest = person("gina@guests.example")
    add_member(OPERATOR, organization=organization, user=guest, role=Role.VIEWER)
    type_password(client, "gina@guests.example")
    assert is_open(client)
    move(guest, "gina@example.com")
    assert not is_open(client)


def test_the_provider_of_one_organization_opens_no_other(
    client: Client, enforced: IdentityProvider, provider: Provider, owner: User
) -> None:
    other = create_organization(OPERATOR, name="Elsewhere", owner=owner)
    IdentityProvider.objects.create(
        organization=other, issuer="https://x", client_id="x", client_secret="x", is_enforced=True
    )
    prove(other, "elsewhere.test")
    sign_in(client, provider)
    assert is_open(client)
    assert is_open(client, "/o/elsewhere/"), "whose domains hers is none of"


def test_outsiders_hear_of_no_provider(as_outsider: Client, enforced: IdentityProvider) -> None:
    assert as_outsider.get(HOME).status_code == 404
    assert as_outsider.get(f"/account/sso/{enforced.organization_id}/").status_code == 404
    assert as_outsider.post(f"/account/sso/{enforced.organization_id}/").status_code == 404


def test_signing_in_long_ago_at_the_provider_is_no_confirmation(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User
) -> None:
    hours_ago = int((timezone.now() - timedelta(hours=2)).timestamp())
    provider.claims = {"auth_time": hours_ago}
    sign_in(client, provider)
    guarded = "/account/security/passkeys/new/"
    assert client.get(guarded)["Location"].startswith("/account/confirm/")
    provider.claims = {}
    left = client.post("/account/confirm/sso/", {"next": guarded})
    url = left["Refresh"].partition("url=")[2]
    assert (asked(url)["prompt"], asked(url)["max_age"]) == ("login", "0")
    provider.claims = {"auth_time": hours_ago}
    assert come_back(client, provider, url, "olivia@example.com").context["code"] == "stale"
    provider.claims = {}
    left = client.post("/account/confirm/sso/", {"next": guarded})
    answer = come_back(client, provider, left["Refresh"].partition("url=")[2], "olivia@example.com")
    assert answer["Location"] == guarded
    assert client.get(guarded).status_code == 200


def test_who_came_by_password_does_not_confirm_by_the_provider(
    client: Client, connected: IdentityProvider, owner: User
) -> None:
    type_password(client)
    assert client.post("/account/confirm/sso/").status_code == 403


def test_confirming_as_somebody_else_makes_them_the_one_who_is_signed_in(
    client: Client, connected: IdentityProvider, provider: Provider, owner: User, member: User
) -> None:
    """Nothing of the first person's session is left to the second."""
    sign_in(client, provider)
    left = client.post("/account/confirm/sso/", {"next": HOME})
    come_back(client, provider, left["Refresh"].partition("url=")[2], "mira@example.com")
    assert client.session["_auth_user_id"] == str(member.pk)
