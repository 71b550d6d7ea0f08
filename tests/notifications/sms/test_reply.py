"""Twilio's webhook: only Twilio is heard, STOP ends the texts, START lets them come again."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from accounts.models import User
from notifications import fingerprints
from notifications.models import Suppression
from notifications.sms.signature import is_signed, sign
from tests.dev.conftest import World
from tests.notifications.sms.conftest import OWNER, Send, with_phone

pytestmark = pytest.mark.django_db
URL, TOKEN = "/hooks/twilio/", "12345"


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.TWILIO_TOKEN = TOKEN


def answer(word: str, *, number: str = OWNER, token: str = TOKEN, at: str = URL, **more: str) -> Any:
    """Have the owner of a number answer a text with a word."""
    from django.conf import settings

    form = {"From": number, "To": "+15550100", "Body": word, **more}
    query = QueryDict(mutable=True)
    query.update(form)
    signed = sign(settings.CONSOLE_ORIGIN + at, query, token)
    return Client(enforce_csrf_checks=True).post(at, form, headers={"X-Twilio-Signature": signed})


def test_the_signature_is_the_one_of_twilios_documentation() -> None:
    form = QueryDict(
        "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
    )
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sign(url, form, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert is_signed(url, form, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345")


@pytest.mark.parametrize(
    "word", ["STOP", " stop\n", "Unsubscribe", "CANCEL", "end", "QUIT", "StopAll", "REVOKE", "OPTOUT"]
)
def test_after_stop_nothing_reaches_the_provider(owner: User, send: Send, phone: World, word: str) -> None:
    assert answer(word).status_code == 200
    message = send(owner)
    assert (message.error, bool(message.failed_at)) == ("suppressed", True)
    assert phone.json("/phone.json") == []


def test_start_lifts_it(owner: User, send: Send) -> None:
    answer("STOP")
    answer("Start")
    assert send(owner).sent_at


def test_a_stop_is_of_one_number_alone(member: User, send: Send) -> None:
    answer("STOP")
    assert send(member).sent_at


def test_twilios_own_reading_of_a_word_counts(owner: User, send: Send) -> None:
    answer("arrêt", OptOutType="STOP")
    assert send(owner).error == "suppressed"


@pytest.mark.parametrize("word", ["Please don't stop", "thanks", ""])
def test_other_words_change_nothing(word: str) -> None:
    assert answer(word).status_code == 200
    assert not Suppression.objects.exists()


def test_a_sender_without_a_number_is_ignored() -> None:
    assert answer("STOP", number="whatsapp:+447700900001").status_code == 200
    assert not Suppression.objects.exists()


def test_who_is_not_twilio_is_refused(settings: Any) -> None:
    form = {"From": OWNER, "Body": "STOP"}
    assert answer("STOP", token="another").status_code == 403
    for signature in ("", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "ж"):
        headers = {"X-Twilio-Signature": signature}
        assert Client().post(URL, form, headers=headers).status_code == 403
    assert not Suppression.objects.exists()


def test_without_a_token_nobody_is_twilio(settings: Any) -> None:
    settings.TWILIO_TOKEN = ""
    assert answer("STOP", token="").status_code == 403


def test_the_address_is_part_of_what_is_signed() -> None:
    assert answer("STOP", at=f"{URL}?a=1").status_code == 200
    form = QueryDict(f"From={OWNER}&Body=STOP")
    assert not is_signed("https://a.example/", form, sign("https://b.example/", form, TOKEN), TOKEN)


def test_only_post_is_taken() -> None:
    assert Client().get(URL).status_code == 405


def test_a_stop_that_the_provider_knows_of_is_kept(owner: User, send: Send) -> None:
    with_phone(owner, "+15005550004")
    assert send(owner).error == "sms-stopped"
    assert send(owner).error == "suppressed"
    assert Suppression.objects.get().fingerprint == fingerprints.of_number("+15005550004")
