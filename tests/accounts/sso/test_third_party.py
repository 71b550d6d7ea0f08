"""The whole way against a provider that somebody else wrote: oidc-provider-mock, over real HTTP."""

from collections.abc import Iterator

import pytest
import requests
from django.test import Client
from oidc_provider_mock import User as Person
from oidc_provider_mock import run_server_in_thread

from accounts.actions import sso
from accounts.models import Organization, User
from tests.accounts.sso.conftest import OPERATOR, prove
from tests.support.factors import is_signed_in
from tests.support.identity import asked, callback_of, question, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Iterator[str]:
    claims = {"email": "nadia@example.com", "email_verified": True, "name": "Nadia New"}
    foreign = {"email": "nadia@elsewhere.example", "email_verified": True}
    people = [Person(sub="nadia", claims=claims), Person(sub="foreign", claims=foreign)]
    with run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def connected(organization: Organization, issuer: str) -> None:
    prove(organization, "example.com")
    sso.set_up(OPERATOR, organization, sso.Setup(issuer, "any", "any secret", makes_accounts=True, newcomers="viewer"))


def back_from(url: str, sub: str) -> str:
    """Press the button of the provider's page; return where it sends the browser."""
    return requests.post(url, data={"sub": sub}, allow_redirects=False, timeout=5).headers["Location"]


def test_somebody_new_signs_in(client: Client, connected: None) -> None:
    answer = client.get(back_from(question(client, "nadia@example.com"), "nadia").partition("8000")[2])
    assert answer["Location"] == "/"
    assert is_signed_in(client)
    assert User.objects.find_by_email("nadia@example.com") is not None


def test_somebody_of_another_domain_does_not(client: Client, connected: None) -> None:
    answer = client.get(back_from(question(client, "nadia@example.com"), "foreign").partition("8000")[2])
    assert refusal(answer) == "foreign-domain"
    assert not is_signed_in(client)


def test_who_says_no_there_comes_back_to_a_clear_page(client: Client, connected: None) -> None:
    url = question(client, "nadia@example.com")
    sent = requests.post(url, data={"action": "deny"}, allow_redirects=False, timeout=5).headers["Location"]
    assert "error=access_denied" in sent
    state = asked(url)["state"]
    # This provider forgets to give `state` back.
    assert refusal(client.get(callback_of(url), {"error": "access_denied", "state": state})) == "cancelled"
