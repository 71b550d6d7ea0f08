"""One's own phone: proven by a code that goes to it, through the dev phone, before any other text does."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions.addresses import issue_return, take_back
from accounts.actions.phones import confirm_phone, purge
from accounts.models import SparePhone, User
from accounts.profile import open_values
from ledger.models import Action, AuditEvent, LeafBody
from notifications import fingerprints, preferences, suppressions
from notifications.kinds import KINDS
from notifications.models import Channel, Choice, OutboxMessage, Reason
from notifications.sms.numbers import e164
from tests.conftest import PASSWORD, person
from tests.dev.conftest import World
from tests.notifications.sms.conftest import MEMBER, OWNER
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
URL, CODE, AGAIN, REMOVE = (f"/account/phone/{page}" for page in ("", "code/", "code/again/", "removal/"))
NEW, OTHER = "+351912000111", "+351912000222"


@pytest.fixture(autouse=True)
def _without_waiting(settings: Any) -> None:
    settings.CONSOLE_ORIGIN = "https://console.example.com"


@pytest.fixture
def fresh(db: None) -> User:
    """Somebody without a phone."""
    return person("fresh@example.com")


@pytest.fixture
def as_fresh(fresh: User) -> Client:
    client = Client()
    client.post("/sign-in/", {"email": "fresh@example.com", "password": PASSWORD})
    return client


def number(user: User) -> Any:
    return open_values(User.objects.get(pk=user.pk), ["phone"])["phone"]


def texts(phone: World) -> list[dict[str, Any]]:
    """What came to the phone, oldest first."""
    found: list[dict[str, Any]] = phone.json("/phone.json")
    return found[::-1]


def ask(client: Client, number: str = NEW) -> int:
    status: int = client.post(URL, {"number": number}).status_code
    return status


def code_of(phone: World, client: Client, number: str = NEW) -> str:
    """Ask for a number, let the text go out, and return the code that it brought."""
    assert ask(client, number) == 302
    send_all()
    (text,) = [text for text in texts(phone) if text["to"] == e164(number)][-1:]
    return str(text["code"])


def enter(client: Client, code: str) -> int:
    status: int = client.post(CODE, {"code": code}).status_code
    return status


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_number_counts_once_the_code_that_went_there_is_typed(as_fresh: Client, fresh: User, phone: World) -> None:
    code = code_of(phone, as_fresh, " +351 912-000-111 ")
    assert number(fresh) is None
    (text,) = texts(phone)
    assert text["to"] == NEW
    assert re.fullmatch(r"\d{6} is your Llama console code\..*\n\n@console.example.com #\d{6}", text["body"], re.S)
    assert enter(as_fresh, f"{code[:3]} {code[3:]}") == 302
    assert number(fresh) == NEW
    assert not SparePhone.objects.exists()
    send_all()
    (letter,) = mail.outbox[-1:]
    assert letter.to == ["fresh@example.com"]
    assert "new phone number" in letter.subject
    assert AuditEvent.objects.get(action=Action.PHONE_CHANGED).payload == {}


def test_until_then_the_former_number_counts_and_then_it_is_told(as_owner: Client, owner: User, phone: World) -> None:
    code = code_of(phone, as_owner)
    preferences.choose(owner.pk, [KINDS["password-changed"]], {("password-changed", "sms"): Choice.NOW})
    assert number(owner) == OWNER
    assert enter(as_owner, code) == 302
    send_all()
    assert [(text["to"], "no more texts" in text["body"]) for text in texts(phone)] == [(NEW, False), (OWNER, True)]
    assert (SparePhone.objects.get().is_former, number(owner)) == (True, NEW)


def test_texts_then_flow_as_the_person_chose(as_fresh: Client, fresh: User, phone: World) -> None:
    assert b"Add a phone number" in as_fresh.get("/account/notifications/").content
    assert enter(as_fresh, code_of(phone, as_fresh)) == 302
    page = as_fresh.get("/account/notifications/")
    assert b"Add a phone number" not in page.content
    form = page.context["form"]
    chosen = {name: form[name].value() or "" for name in form.fields if form[name].value() is not False}
    as_fresh.post("/account/notifications/", chosen | {"sms-password-changed": "on"})
    send_all()
    phone.delete("/phone")
    as_fresh.post("/account/password/", {"current": PASSWORD, "password": "an entirely different sentence"})
    send_all()
    (text,) = texts(phone)
    assert (text["to"], "your password was changed" in text["body"]) == (NEW, True)


def test_removing_deletes_the_number_says_so_there_and_ends_texts(as_owner: Client, owner: User, phone: World) -> None:
    kind = KINDS["password-changed"]
    preferences.choose(owner.pk, [kind], {(kind.name, "sms"): Choice.NOW})
    waits = OutboxMessage.objects.create(
        kind=kind.name, channel=Channel.SMS, priority=0, subject_id=owner.pk, recipient_id=owner.pk
    )
    assert as_owner.get(REMOVE).status_code == 200
    assert as_owner.post(REMOVE)["Location"] == "/account/profile/"
    assert User.objects.filter(pk=owner.pk, phone__isnull=True).exists()
    assert preferences.of_recipient(owner.pk, [kind])[kind.name, "sms"] is Choice.OFF
    send_all()
    assert [text["to"] for text in texts(phone)] == [OWNER]
    waits.refresh_from_db()
    assert waits.error == "withdrawn"
    assert "no phone number any more" in mail.outbox[-1].subject
    assert as_owner.post(REMOVE).status_code == 302
    assert AuditEvent.objects.filter(action=Action.PHONE_REMOVED).count() == 1


def test_a_wrong_code_proves_nothing_and_the_fifth_ends_the_code(as_fresh: Client, fresh: User, phone: World) -> None:
    code = code_of(phone, as_fresh)
    second = Client()
    second.force_login(fresh)
    answers = [enter(client, wrong(code)) for client in (as_fresh, second, as_fresh, second, as_fresh)]
    assert answers == [422] * 5, "tries of all sessions count together"
    assert enter(as_fresh, code) == 422
    assert number(fresh) is None
    assert as_fresh.post(AGAIN).status_code == 302
    send_all()
    assert enter(as_fresh, str(texts(phone)[-1]["code"])) == 302


def test_a_code_is_good_for_ten_minutes_for_its_person_and_once(
    as_fresh: Client, fresh: User, as_member: Client, member: User, phone: World
) -> None:
    code = code_of(phone, as_fresh)
    ask(as_member, OTHER)
    assert enter(as_member, code) == 422
    lasts = SparePhone.objects.get(user=fresh).expires_at - timezone.now()
    assert timedelta(minutes=9) < lasts <= timedelta(minutes=10)
    SparePhone.objects.filter(user=fresh).update(expires_at=timezone.now())
    assert enter(as_fresh, code) == 422
    again = code_of(phone, as_fresh)
    assert (enter(as_fresh, again), enter(as_fresh, again)) == (302, 422)
    assert number(member) == MEMBER


def test_a_newer_number_or_code_ends_the_older(as_fresh: Client, fresh: User, phone: World) -> None:
    first = code_of(phone, as_fresh)
    second = code_of(phone, as_fresh, OTHER)
    assert enter(as_fresh, first) == (302 if first == second else 422)
    as_fresh.post(AGAIN)
    assert enter(as_fresh, second) == 422, "also before the newer one is sent"
    send_all()
    assert enter(as_fresh, str(texts(phone)[-1]["code"])) == 302
    assert number(fresh) == OTHER


def test_codes_are_bounded_whichever_way_they_are_asked_for(as_fresh: Client, phone: World) -> None:
    assert [ask(as_fresh, f"+35191200011{n}") for n in range(4)] == [302] * 4
    as_fresh.post(AGAIN)
    answer = as_fresh.post(AGAIN, follow=True)
    assert b"too often" in answer.content
    assert ask(as_fresh) == 422
    send_all()
    assert len(texts(phone)) <= 5


def test_a_person_is_one_person_to_the_caps_however_many_numbers_they_name(
    as_fresh: Client, settings: Any, phone: World
) -> None:
    settings.SMS_CAPS = settings.SMS_CAPS | {"person-hour": 1}
    for wanted in (NEW, OTHER):
        ask(as_fresh, wanted)
        send_all()
    assert [text["to"] for text in texts(phone)] == [NEW]
    assert b"Too many text messages were asked for" in as_fresh.get(CODE).content


def test_who_asks_too_often_from_one_address_is_told(as_fresh: Client, settings: Any, phone: World) -> None:
    settings.SMS_CAPS = settings.SMS_CAPS | {"source-hour": 1}
    ask(as_fresh)
    ask(as_fresh, OTHER)
    send_all()
    assert b"Too many text messages were asked for" in as_fresh.get(CODE).content


def test_a_number_that_said_stop_is_told_so(as_fresh: Client, phone: World) -> None:
    suppressions.suppress(Channel.SMS, fingerprints.of_number(NEW), Reason.STOPPED)
    ask(as_fresh)
    assert b"is on its way" in as_fresh.get(CODE).content
    send_all()
    assert texts(phone) == []
    part = as_fresh.get(CODE, headers={"HX-Request": "true", "HX-Target": "delivery"}).content
    assert b"Answer START to get them again" in part
    assert b"<html" not in part


@pytest.mark.parametrize("typed", ["", "912345678", "+1900", "+1 900 555 0123", "+1 800 555 0199", "mine", "+44" * 30])
def test_what_is_no_persons_number_is_refused(as_fresh: Client, typed: str) -> None:
    assert ask(as_fresh, typed) == 422
    assert not OutboxMessage.objects.filter(kind="verify-phone").exists()


def test_without_a_provider_no_number_is_taken(as_fresh: Client, settings: Any) -> None:
    settings.SMS_PROVIDER = "none"
    assert b"sends no text messages" in as_fresh.get(URL).content
    assert ask(as_fresh) == 422
    assert not SparePhone.objects.exists()


@pytest.mark.parametrize("url", [URL, REMOVE])
def test_it_takes_a_recent_sign_in(owner: User, url: str) -> None:
    client = Client()
    client.force_login(owner)
    for answer in (client.get(url), client.post(url, {"number": NEW})):
        assert answer["Location"].startswith("/account/confirm/")
    assert number(owner) == OWNER


@pytest.mark.parametrize("url", [URL, CODE, AGAIN, REMOVE])
def test_whoever_is_not_signed_in_signs_in_first(client: Client, url: str) -> None:
    assert client.post(url)["Location"].startswith("/sign-in/")


def test_who_waits_for_no_code_is_led_to_the_number(as_fresh: Client) -> None:
    assert as_fresh.get(CODE)["Location"] == URL
    assert as_fresh.get(REMOVE)["Location"] == "/account/profile/"
    assert as_fresh.post(AGAIN).status_code == 302
    assert not OutboxMessage.objects.filter(kind="verify-phone").exists()


def test_only_that_person_opens_their_numbers_and_only_when_one_is_proven(
    as_owner: Client, owner: User, phone: World
) -> None:
    code = code_of(phone, as_owner)
    own = LeafBody.objects.filter(tenant=owner.pk, type="opening", purpose="own-account")
    before = own.count()
    enter(as_owner, wrong(code))
    assert own.count() == before
    enter(as_owner, code)
    assert own.count() == before + 1


def test_spare_numbers_are_gone_within_a_day(as_owner: Client, phone: World) -> None:
    enter(as_owner, code_of(phone, as_owner))
    assert purge(timezone.now()) == 0
    assert purge(timezone.now() + timedelta(days=1, seconds=1)) == 1


@pytest.mark.parametrize("is_newer", [True, False])
def test_whoever_takes_an_account_back_loses_a_number_that_came_meanwhile(
    as_owner: Client, owner: User, phone: World, is_newer: bool
) -> None:
    enter(as_owner, code_of(phone, as_owner))
    changed = timezone.now() + timedelta(days=0 if is_newer else 8)  # the address, that is
    former = owner.spare_addresses.create(
        email="before@example.com", is_former=True, expires_at=changed + timedelta(days=7)
    )
    assert take_back(issue_return(former))
    assert number(owner) == (None if is_newer else NEW)
    send_all()
    assert [text["to"] for text in texts(phone)] == [NEW, OWNER], "the code, and the farewell at the former number"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_type_the_code_at_once_one_proves_the_number(phone: World) -> None:
    """The lock is that of the person's row; without it two would exchange the number."""
    user = person("many@example.com")
    client = Client()
    client.post("/sign-in/", {"email": "many@example.com", "password": PASSWORD})
    code = code_of(phone, client)

    def confirm(_: int) -> bool:
        try:
            return confirm_phone(user, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(confirm, range(4))) == [False, False, False, True]
    assert AuditEvent.objects.filter(action=Action.PHONE_CHANGED).count() == 1
