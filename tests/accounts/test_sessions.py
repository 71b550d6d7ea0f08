"""Signing in and out."""

import pytest
from django.test import Client

from accounts.models import BrowserSession, Organization, Role, User
from accounts.policy import Permission, allows
from tests.conftest import PASSWORD, person

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str = "olivia@example.com", password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in/", {"email": email, "password": password} | more)


def test_the_right_password_leads_home_under_a_new_session_id(client: Client, organization: Organization) -> None:
    client.get("/sign-in/")
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    assert sign_in(client)["Location"] == "/"  # type: ignore[index]
    assert client.session.session_key != before
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/o/llamas-of-lisbon/"


def test_a_wrong_password_and_an_unknown_address_answer_alike(client: Client, owner: User) -> None:
    wrong, unknown = sign_in(client, password="wrong horse"), sign_in(client, email="nobody@example.com")
    assert wrong.status_code == unknown.status_code == 422  # type: ignore[attr-defined]
    texts = {str(answer.context["form"].errors["__all__"]) for answer in (wrong, unknown)}  # type: ignore[attr-defined]
    assert len(texts) == 1


def test_somebody_who_is_not_verified_gets_the_answer_of_a_wrong_password(client: Client) -> None:
    User.objects.create_user("new@example.com", PASSWORD)
    unverified, unknown = sign_in(client, email="new@example.com"), sign_in(Client(), email="nobody@example.com")
    texts = {str(answer.context["form"].errors["__all__"]) for answer in (unverified, unknown)}  # type: ignore[attr-defined]
    assert len(texts) == 1
    assert unverified.status_code == unknown.status_code == 422  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_never_leads_to_another_site(client: Client, owner: User, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == "/"  # type: ignore[index]


def test_signing_in_leads_to_the_page_that_was_asked_for(client: Client, organization: Organization) -> None:
    assert sign_in(client, next="/o/llamas-of-lisbon/keys/")["Location"] == "/o/llamas-of-lisbon/keys/"  # type: ignore[index]


def test_signing_out_ends_the_session_and_needs_a_post(as_owner: Client) -> None:
    assert as_owner.get("/sign-out/").status_code == 405
    as_owner.post("/sign-out/")
    assert not BrowserSession.objects.exists()
    assert as_owner.get("/")["Location"].startswith("/sign-in/")


def test_demo_accounts_are_refused_in_production(client: Client, settings: object) -> None:
    person("demo@example.com", is_demo=True)
    assert sign_in(client, email="demo@example.com").status_code == 302  # type: ignore[attr-defined]
    settings.DEVELOPMENT = False  # type: ignore[attr-defined]
    assert client.get("/").status_code == 302
    assert sign_in(Client(), email="demo@example.com").status_code == 422  # type: ignore[attr-defined]


def test_pages_are_not_cached_and_carry_the_policy(as_owner: Client) -> None:
    answer = as_owner.get("/", follow=True)
    assert "no-store" in answer["Cache-Control"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_every_post_needs_its_token(owner: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    for path in ("/sign-out/", "/theme/", "/verify/again/", "/sign-in/", "/sign-up/"):
        assert strict.post(path).status_code == 403


@pytest.mark.parametrize("role", Role)
def test_only_owners_admins_and_developers_manage_keys(role: Role) -> None:
    assert allows(role, Permission.MANAGE_KEYS) == (role in {"owner", "admin", "developer"})
    assert allows(role, Permission.VIEW_USAGE)
