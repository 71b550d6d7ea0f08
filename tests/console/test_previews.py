"""Message previews: all kinds in all languages, for whoever develops, and nowhere else."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from ledger.models import LeafBody
from llama_console.views.previews.letter import in_scheme
from llama_console.views.previews.urls import in_development
from notifications.kinds import KINDS
from notifications.models import Channel
from tests.notifications.messages.conftest import ALL

pytestmark = pytest.mark.django_db
URL = "/messages/preview/"
LETTERS = [kind.name for kind in ALL if Channel.EMAIL in kind.channels]
TEXTS = [kind.name for kind in ALL if Channel.SMS in kind.channels]
LANGUAGES = [code for code, _ in configured.LANGUAGES]
PAGES = ["", "invitation/", "invitation/plain/", "invitation/letter.html?scheme=dark", "verify-phone/sms/"]


@pytest.fixture(autouse=True)
def _kinds_of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KINDS.keys() - {kind.name for kind in ALL}:  # other tests enter their own, without samples
        monkeypatch.delitem(KINDS, name)


def policy(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def test_the_list_has_every_kind_and_leads_to_it(as_owner: Client) -> None:
    page = as_owner.get(URL)
    rows = [row for topic in page.context["topics"] for row in topic["rows"]]
    assert sorted(row.name for row in rows) == sorted(KINDS)
    assert [row.url for row in rows if as_owner.get(row.url).status_code != 200] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_can_be_seen_in_every_language(as_owner: Client, language: str) -> None:
    for name in LETTERS:
        page = as_owner.get(f"{URL}{name}/", {"language": language})
        assert page.status_code == 200
        for frame in page.context["frames"]:
            assert f'<html lang="{language}"' in as_owner.get(frame["url"]).content.decode()
        assert as_owner.get(f"{URL}{name}/plain/", {"language": language}).status_code == 200
    for name in TEXTS:
        page = as_owner.get(f"{URL}{name}/sms/", {"language": language})
        assert page.context["segments"] == "1 segment"


def test_a_preview_shows_subject_sender_purpose_and_size(as_owner: Client) -> None:
    page = as_owner.get(f"{URL}invitation/")
    for part in ("Acme Research invites you to Llama console", "console@localhost", "Email notification"):
        assert part in page.content.decode()
    assert "KB, no images, no tracking" in page.content.decode()


def test_a_frame_is_sandboxed_and_loads_nothing(as_owner: Client) -> None:
    frame = as_owner.get(f"{URL}invitation/letter.html?scheme=light")
    assert policy(frame) == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "frame-ancestors": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "sandbox": "",
    }
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    page = as_owner.get(f"{URL}invitation/")
    assert page.content.count(b"sandbox></iframe>") == 2
    assert policy(page)["frame-src"] == "'self'"
    assert policy(page)["style-src"] == "'self'"
    assert page["X-Frame-Options"] == "DENY"


def test_a_frame_shows_the_scheme_it_is_asked_for() -> None:
    letter = "color-scheme:light dark @media (prefers-color-scheme:dark){"
    assert in_scheme(letter, "light") == "color-scheme:light @media not all{"
    assert in_scheme(letter, "dark") == "color-scheme:dark @media all{"


@pytest.mark.parametrize(
    "path",
    [
        "no-such-kind/",
        "no-such-kind/sms/",
        "invitation/sms/",
        "verify-phone/",
        "verify-phone/plain/",
        "invitation/?language=xx",
        "invitation/letter.html",
        "invitation/letter.html?scheme=sepia",
    ],
)
def test_what_there_is_not_is_not_found(as_owner: Client, path: str) -> None:
    assert as_owner.get(URL + path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_is_asked_to_sign_in_and_anybody_else_sees_the_same(
    client: Client, as_owner: Client, as_member: Client, as_outsider: Client, path: str
) -> None:
    before = LeafBody.objects.count()
    assert client.get(URL + path)["Location"].startswith("/sign-in/")
    for person in (as_owner, as_member, as_outsider):
        answer = person.get(URL + path)
        assert answer.status_code == 200
        assert person.post(URL + path).status_code == 405
    assert LeafBody.objects.count() == before  # nothing of anybody was opened


@pytest.mark.parametrize("path", PAGES)
def test_outside_of_development_there_is_no_such_page(as_owner: Client, settings: Any, path: str) -> None:
    settings.DEVELOPMENT = False
    assert as_owner.get(URL + path).status_code == 404


def test_in_production_there_is_not_even_the_address() -> None:
    assert in_development(False) == []
    assert len(in_development(True)) == 1


def test_the_account_menu_leads_to_it_in_development_alone(as_owner: Client, settings: Any) -> None:
    assert URL.encode() in as_owner.get("/o/llamas-of-lisbon/").content
    settings.DEVELOPMENT = False
    assert URL.encode() not in as_owner.get("/o/llamas-of-lisbon/").content
