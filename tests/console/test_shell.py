"""The shell: health, errors, theme, shortcuts and account menu."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts.actions import create_organization
from accounts.models import Organization, Project, User
from keys.actions import issue_key
from ledger.actor import Actor
from ledger.models import Leaf, LeafBody
from llama_console import env
from notifications.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_healthz_says_ok_without_signing_in(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readyz_names_each_dependency_and_is_503_if_one_is_away(client: Client) -> None:
    Heartbeat.objects.create(part="worker", at=timezone.now())
    answer = client.get("/readyz")
    assert answer.json()["status"] == "ok"
    assert set(answer.json()["dependencies"]) == {"database", "content", "vault", "unsealer", "broker", "worker"}
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["dependencies"]["worker"]) == (503, "unavailable")


@pytest.mark.parametrize("path", ["/nothing", "/o/nobody/", "/o/nobody/keys/", "/o/x%00y/", "/o/../../etc/passwd"])
def test_what_is_not_there_is_a_404_page(as_owner: Client, path: str) -> None:
    answer = as_owner.get(path)
    assert answer.status_code == 404
    assert b"There is nothing here" in answer.content


def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/sign-in/", HTTP_HOST="evil.example").status_code == 400


def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(
    as_owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any) -> None:
        raise OperationalError("connection refused to 10.0.0.1 as console")

    monkeypatch.setattr("llama_console.views.home.Acting.in_organization", away)
    answer = as_owner.get("/o/llamas-of-lisbon/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert b"10.0.0.1" not in answer.content


def test_the_theme_is_kept_in_a_cookie_and_rendered_by_the_server(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "/sign-in/"})
    assert answer["Location"] == "/sign-in/"
    assert b'data-theme="dark"' in client.get("/sign-in/").content
    client.post("/theme/", {"theme": '"><script>'})
    assert b'data-theme="dark"' in client.get("/sign-in/").content
    assert client.post("/theme/", {"theme": "dark", "next": "//evil.example"})["Location"] == "/"


def test_the_account_menu_opens_ones_own_name_and_email_and_that_is_recorded(as_owner: Client, owner: User) -> None:
    assert not Leaf.objects.filter(tenant=owner.pk).exists()
    page = as_owner.get("/account/").content.decode()
    assert "Olivia Owner" in page
    assert "olivia@example.com" in page
    assert LeafBody.objects.get(tenant=owner.pk).purpose == "own-account"


def test_pages_open_nothing_personal_in_passing(as_member: Client, member: User) -> None:
    for path in ("", "keys/", "usage/"):
        assert "mira" not in as_member.get(f"/o/llamas-of-lisbon/{path}").content.decode().lower()
    assert not Leaf.objects.filter(tenant=member.pk).exists()


def test_single_keys_are_on_until_a_browser_turns_them_off(as_owner: Client) -> None:
    assert b"data-shortcuts" not in as_owner.get("/shortcuts/").content
    answer = as_owner.post("/shortcuts/", {"shortcuts": "off", "next": "/shortcuts/"})
    assert (answer["Location"], answer.cookies["shortcuts"].value) == ("/shortcuts/", "off")
    assert b'data-shortcuts="off"' in as_owner.get("/o/llamas-of-lisbon/").content
    assert "shortcuts" not in as_owner.post("/shortcuts/", {"shortcuts": "maybe"}).cookies
    as_owner.post("/shortcuts/", {"shortcuts": "on"})
    assert b"data-shortcuts" not in as_owner.get("/o/llamas-of-lisbon/").content


def test_going_leads_into_the_organization_one_is_in_else_the_first(as_owner: Client, owner: User) -> None:
    create_organization(Actor.user(owner.pk), name="Alpacas", owner=owner)
    for path, slug in (("/o/llamas-of-lisbon/", "llamas-of-lisbon"), ("/account/profile/", "alpacas")):
        page = as_owner.get(path).content.decode()
        assert f'href="/o/{slug}/keys/" data-go="k"' in page
    owner.memberships.all().delete()
    assert "data-go" not in as_owner.get("/account/profile/").content.decode()


def test_who_is_not_signed_in_has_no_shortcuts(client: Client) -> None:
    assert client.get("/shortcuts/")["Location"].startswith("/sign-in/")
    assert client.post("/shortcuts/", {"shortcuts": "off"})["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("path", ["", "first-request/", "palette/", "keys/", "keys/new/", "usage/", "usage/usage.csv"])
def test_every_page_of_an_organization_is_closed_to_outsiders_and_visitors(
    client: Client, as_outsider: Client, organization: Organization, path: str
) -> None:
    url = f"/o/{organization.slug}/{path}"
    foreign, missing = as_outsider.get(url), as_outsider.get(f"/o/no-such-organization/{path}")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content
    assert client.get(url).status_code == 302


def test_hostile_organization_names_are_inert(as_owner: Client, organization: Organization) -> None:
    organization.name = '<img src=x onerror=alert(1)>"'
    organization.save()
    for path in ("", "keys/", "usage/"):
        assert b"<img" not in as_owner.get(f"/o/{organization.slug}/{path}").content


def test_the_guide_walks_from_the_first_key_to_the_first_call(as_owner: Client, project: Project) -> None:
    def now() -> list[str]:
        return [
            step["title"] for step in as_owner.get("/o/llamas-of-lisbon/").context["steps"] if step["state"] == "now"
        ]

    assert now() == ["Create an API key"]
    issue_key(Actor.operator(), project=project, name="first")
    assert now() == ["Send your first request"]


@pytest.mark.parametrize(
    ("helper", "value"),
    [
        (lambda: env.integer("X_TEST"), "ten"),
        (lambda: env.boolean("X_TEST", default=False), "maybe"),
        (lambda: env.origin("X_TEST"), "console.example.com"),
        (lambda: env.origin("X_TEST"), "https://console.example.com/path"),
        (lambda: env.http_url("X_TEST"), "file:///etc/passwd"),
        (lambda: env.choice("X_TEST", None, "a", "b"), "c"),
        (lambda: env.string("X_TEST"), ""),
    ],
)
def test_a_malformed_setting_is_named_loudly(monkeypatch: pytest.MonkeyPatch, helper: Any, value: str) -> None:
    monkeypatch.setenv("X_TEST", value)
    with pytest.raises(ImproperlyConfigured, match="X_TEST"):
        helper()


@pytest.mark.parametrize(
    ("current", "back"),
    [
        ("http://testserver/o/llamas-of-lisbon/keys/?q=ci", "/o/llamas-of-lisbon/keys/%3Fq%3Dci"),
        ("https://elsewhere.example/o/llamas-of-lisbon/", "/"),
        (None, "/"),
    ],
)
def test_a_part_of_a_page_whose_session_ended_leads_the_whole_page_to_the_sign_in(
    client: Client, organization: Organization, current: str | None, back: str
) -> None:
    headers = {"HX-Request": "true"} | ({"HX-Current-URL": current} if current else {})
    answer = client.get("/o/llamas-of-lisbon/first-request/", headers=headers)
    assert answer["HX-Redirect"] == f"/sign-in/?next={back}"
    assert answer.content == b""


def test_where_nothing_was_asked_there_is_no_latency(as_owner: Client, organization: Organization) -> None:
    kpis = {each["name"]: each["value"] for each in as_owner.get("/o/llamas-of-lisbon/").context["kpis"]}
    assert (kpis["Requests"], kpis["Average latency"]) == ("0", "–")
