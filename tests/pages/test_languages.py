"""Which language a page is in, and that nothing else follows from it."""

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import User
from catalog.money import PICO, dollars
from dev import translations
from llama_console.templatetags.console import grouped, moment, relative
from usage import figures

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def _html(client: Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    language = re.search(r'<html lang="(\w+)"', response.text)
    assert language is not None
    assert response["Content-Language"] == language[1]
    return language[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en-GB,de;q=0.9", "en"),
        ("fr,de;q=0.8,en;q=0.5", "de"),
        ("fr", "en"),
        ("*", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_a_stranger_reads_the_first_language_of_the_browser_that_pages_are_in(asked: str, language: str) -> None:
    assert _html(Client(), "/sign-in/", **{"Accept-Language": asked}) == language


@pytest.mark.django_db
def test_a_stranger_who_chose_reads_what_they_chose() -> None:
    client = Client()
    client.cookies["language"] = "en"
    assert _html(client, "/sign-in/", **GERMAN) == "en"
    client.cookies["language"] = "xx"
    assert _html(client, "/sign-in/", **GERMAN) == "de"


@pytest.mark.django_db
def test_a_stranger_chooses_at_the_foot_of_the_page() -> None:
    client = Client()
    page = client.get("/sign-in/").text
    assert '<button class="link-btn" name="language" value="de" lang="de">Deutsch</button>' in page
    answer = client.post("/language/", {"language": "de", "next": "/sign-up/"})
    assert answer["Location"] == "/sign-up/"
    assert _html(client, "/sign-up/") == "de"


@pytest.mark.django_db
@pytest.mark.parametrize(("chosen", "target"), [("fr", "/"), ("xx", "/"), ("de", "https://elsewhere.example/")])
def test_nothing_else_is_chosen_and_nobody_is_led_elsewhere(chosen: str, target: str) -> None:
    client = Client()
    assert client.post("/language/", {"language": chosen, "next": target})["Location"] == "/"
    assert ("language" in client.cookies) == (chosen == "de")


def test_whoever_is_signed_in_chooses_in_their_profile_alone(as_owner: Client) -> None:
    as_owner.post("/language/", {"language": "de"})
    assert _html(as_owner, "/account/security/") == "en"


@pytest.mark.parametrize(("chosen", "language"), [("en", "en"), ("de", "de"), ("fr", "en")])
def test_whoever_is_signed_in_reads_their_own_language(
    as_owner: Client, owner: User, chosen: str, language: str
) -> None:
    User.objects.filter(pk=owner.pk).update(language=chosen)
    assert _html(as_owner, "/account/security/", **GERMAN) == language


@pytest.mark.parametrize(("chosen", "name"), [("en", "English"), ("de", "Deutsch"), ("fr", "Français")])
def test_the_profile_names_the_language(as_owner: Client, owner: User, chosen: str, name: str) -> None:
    User.objects.filter(pk=owner.pk).update(language=chosen)
    assert f"<dd>{name}</dd>" in as_owner.get("/account/profile/").text


def test_the_language_costs_no_query(as_owner: Client, owner: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert as_owner.get("/account/sessions/").status_code == 200
        return len(found)

    queries()
    in_english = queries()
    User.objects.filter(pk=owner.pk).update(language="de")
    assert queries() == in_english


@pytest.mark.django_db
def test_a_cache_keeps_languages_apart() -> None:
    assert {"Accept-Language", "Cookie"} <= {*Client().get("/sign-in/")["Vary"].split(", ")}


@pytest.mark.django_db
def test_pages_of_errors_speak_the_language_too() -> None:
    assert "Hier ist nichts" in Client().get("/nowhere/", headers=GERMAN).text
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", headers=GERMAN)
    assert (answer.status_code, "Laden Sie die Seite neu" in answer.text) == (403, True)


@pytest.mark.django_db
def test_the_api_speaks_english_alone() -> None:
    answer = Client().get("/api/v1/projects", headers=GERMAN)
    assert answer.json() == Client().get("/api/v1/projects").json() | {"instance": answer.json()["instance"]}
    assert "Content-Language" not in answer


@pytest.mark.django_db
def test_no_language_stays_for_the_next_request() -> None:
    before = translation.get_language()
    Client().get("/sign-in/", headers=GERMAN)
    assert translation.get_language() == before


def test_the_languages_of_pages_are_those_that_pages_are_translated_into() -> None:
    assert {*translations.PAGE_LANGUAGES, "en"} == {*settings.PAGE_LANGUAGES}
    assert {*settings.PAGE_LANGUAGES} <= {code for code, _ in settings.LANGUAGES}


def test_figures_are_written_as_the_language_does() -> None:
    with translation.override("de"):
        assert (grouped(1234567), figures.count(1234), figures.duration(1234)) == ("1.234.567", "1.234", "1,23 s")
        assert (figures.change(105, 100), figures.change(95, 100)) == ("+5,0%", "−5,0%")
        assert dollars(1234 * PICO + PICO // 2) == "1.234,50\u00a0$"
        assert dollars(PICO // 800) == "0,0012\u00a0$"
        assert dollars(1) == "<0,0001\u00a0$"
    with translation.override("en"):
        assert (grouped(1234567), figures.duration(1234), dollars(-1234 * PICO)) == (
            "1,234,567",
            "1.23 s",
            "-$1,234.00",
        )


def test_times_are_told_as_the_language_does() -> None:
    at, now = datetime(2026, 3, 5, 9, 30, tzinfo=UTC), datetime(2026, 3, 8, 9, 30, tzinfo=UTC)
    with translation.override("de"):
        assert (relative(at, now), relative(None), moment(at, now)) == ("vor 3 Tagen", "Nie", "5. März, 09:30")


def test_exports_speak_english_to_whoever_reads_pages_in_german(as_owner: Client, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(language="de")
    organization = owner.memberships.get().organization.slug
    members = as_owner.get(f"/o/{organization}/members/export/")
    assert "Every project" in b"".join(members.streaming_content).decode()  # type: ignore[attr-defined]
    assert as_owner.get(f"/o/{organization}/usage/usage.csv").text.startswith("bucket_start_utc")
