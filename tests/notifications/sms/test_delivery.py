"""A text on its way: what is opened for it, and what keeps it from going."""

import json
from typing import Any

import pytest

from accounts.models import User
from ledger.models import LeafBody
from tests.dev.conftest import World
from tests.notifications.sms.conftest import CODE, MEMBER, OUTSIDER, OWNER, Send, again, with_phone

pytestmark = pytest.mark.django_db


def openings(user: User) -> list[Any]:
    """What the ledger says was opened of somebody for a text."""
    leaves = LeafBody.objects.filter(tenant=user.pk, type="opening", purpose="sms").order_by("position")
    return [json.loads(leaf.text) for leaf in leaves]


def test_a_text_reaches_the_persons_phone_and_nobody_elses(
    owner: User, member: User, outsider: User, send: Send, phone: World
) -> None:
    assert send(member).sent_at
    (sms,) = phone.json("/phone.json")
    assert (sms["to"], sms["code"]) == (MEMBER, CODE)
    assert sms["body"] == "482913 is your Llama console code for Llamas & Friends."
    assert {OWNER, OUTSIDER}.isdisjoint({sms["to"]})


def test_only_that_number_of_that_person_is_opened(owner: User, member: User, send: Send) -> None:
    message = send(owner)
    (leaf,) = openings(owner)
    assert leaf["message"] == str(message.pk)
    assert leaf["fields"] == ["accounts.User.phone"]
    assert leaf["subjects"] == [str(owner.pk)]
    assert openings(member) == []


def test_a_text_that_does_not_fit_one_segment_opens_nothing(owner: User, send: Send, phone: World) -> None:
    message = send(owner, "Llamas" * 30)
    assert (message.error, bool(message.failed_at)) == ("sms-not-one-segment", True)
    assert openings(owner) == []
    assert phone.json("/phone.json") == []


def test_one_foreign_character_halves_what_fits(owner: User, send: Send) -> None:
    assert send(owner, "Llamas " * 10).sent_at
    assert send(owner, "Llamas " * 10 + "ж").error == "sms-not-one-segment"


def test_without_a_provider_a_text_waits_and_opens_nothing(owner: User, send: Send, settings: Any) -> None:
    settings.SMS_PROVIDER = "none"
    message = send(owner)
    assert (message.error, message.failed_at) == ("sms-not-configured", None)
    assert openings(owner) == []
    settings.SMS_PROVIDER = "twilio"
    assert again(message).sent_at


def test_who_has_no_number_gets_no_text(owner: User, send: Send) -> None:
    User.objects.filter(pk=owner.pk).update(phone=None)
    message = send(owner)
    assert (message.error, bool(message.failed_at)) == ("sms-no-number", True)


@pytest.mark.parametrize(
    "number", ["07700 900001", "+0447700900001", "+44abc", "+44\n7700900001;x", "+1234567890123456"]
)
def test_what_is_no_international_number_is_not_sent_to(owner: User, send: Send, phone: World, number: str) -> None:
    message = send(with_phone(owner, number))
    assert (message.error, bool(message.failed_at)) == ("sms-invalid-number", True)
    assert phone.json("/phone.json") == []


def test_spaces_and_brackets_in_a_number_are_left_out(owner: User, send: Send, phone: World) -> None:
    send(with_phone(owner, "+44 (7700) 900-001"))
    assert phone.json("/phone.json")[0]["to"] == OWNER
