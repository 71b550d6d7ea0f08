"""What Python words for pages, in German; a program that asks for the same gets English."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.agents import agent_of, in_words
from accounts.models import BrowserSession, Organization, User
from accounts.sso.failure import SENTENCES, SsoError
from notifications.models import Channel
from notifications.models.endpoint import Because
from notifications.reasons import reason
from notifications.webhooks.kinds import title_of
from tests.admin_api.conftest import program
from tests.conftest import PASSWORD
from trust import body

PRIVATE = "https://127.0.0.1/"


@pytest.fixture
def german(as_owner: Client, owner: User) -> Client:
    User.objects.filter(pk=owner.pk).update(language="de")
    return as_owner


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_why_a_sign_in_by_a_provider_failed_is_told_in_german(code: str) -> None:
    english = SsoError(code).sentence
    with translation.override("de"):
        german = SsoError(code).sentence
    assert german.count(". ") == english.count(". ")
    assert not {*german.split(". ")} & {*english.split(". ")}


@pytest.mark.django_db
def test_a_stranger_reads_the_refusal_in_the_language_of_the_browser() -> None:
    callback = reverse("accounts:sso_callback", args=[uuid4()])
    answer = Client().get(callback, headers={"Accept-Language": "de"})
    assert answer.status_code == 400
    assert "Sie sind nicht angemeldet" in answer.text
    assert "dauerte zu lange" in answer.text


@pytest.mark.parametrize(
    ("page", "form", "said"),
    [
        ("security/", {"networks": "198.51.100.7/24"}, "Meinten Sie 198.51.100.0/24?"),
        ("security/", {"second_factor": "on"}, "Richten Sie zuerst für sich selbst einen Passkey"),
        ("sso/domains/new/", {"domain": "example"}, "auf die Ihre Adressen enden"),
        ("sso/provider/", {"issuer": PRIVATE}, "Geben Sie das Geheimnis ein"),
        ("webhooks/new/", {"url": PRIVATE, "kinds": "key.created"}, "Das führt in ein privates Netz."),
        ("projects/new/", {"name": "A", "retention_days": "x"}, "Geben Sie eine ganze Zahl von 0 bis"),
    ],
)
def test_what_is_wrong_with_a_form_is_told_in_german(
    german: Client, organization: Organization, page: str, form: dict[str, str], said: str
) -> None:
    answer = german.post(f"/o/{organization.slug}/{page}", form)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_program_is_told_the_same_in_english(german: Client, organization: Organization, owner: User) -> None:
    olivia = program(organization, owner)
    answer = olivia.make("webhooks/", {"url": PRIVATE, "events": ["key.created"]}, **{"Accept-Language": "de"})
    assert "This leads into a private network." in answer.text


def test_a_password_that_is_easy_to_guess_is_refused_in_german(german: Client) -> None:
    form = {"current": PASSWORD, "password": "llama console 2026"}
    assert "leicht zu erraten: Es besteht aus Wörtern" in german.post("/account/password/", form).text


def test_a_browser_is_named_in_german_and_stored_in_one_form(german: Client, owner: User) -> None:
    BrowserSession.objects.of(owner.pk).update(agent=agent_of("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"))
    assert BrowserSession.objects.of(owner.pk).get().agent == "Firefox on Linux"
    assert "<b>Firefox unter Linux</b>" in german.get("/account/sessions/").text
    with translation.override("de"):
        assert (in_words(agent_of("curl/8")), in_words(""), in_words("Linux")) == (
            "Ein unbekannter Browser",
            "Ein unbekannter Browser",
            "Linux",
        )


def test_what_else_stands_in_the_ledger_is_named_in_german() -> None:
    text = '{"message": "7", "what": "rotated", "of-later": 1}'
    assert body.read(text).more == (("Message", "7"), ("What", "rotated"), ("Of later", "1"))
    with translation.override("de"):
        assert body.read(text).more == (("Nachricht", "7"), ("Was", "rotated"), ("Of later", "1"))


def test_what_came_of_messages_and_webhooks_is_told_in_german() -> None:
    with translation.override("de"):
        assert reason(Channel.SMS, "sms-no-number") == "Ihr Konto hat keine Telefonnummer."
        assert reason(Channel.EMAIL, "suppressed").endswith("wurde als Spam gemeldet.")
        assert reason(Channel.EMAIL, "another") == "Bei uns ist etwas schiefgegangen."
        assert str(Because.FAILING.label) == "Tagelang ist alles gescheitert, was an ihn ging."
        assert title_of("key.created") == "Ein API-Schlüssel wurde angelegt"
