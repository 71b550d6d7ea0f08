"""The notifications page: everybody chooses for themselves alone, and all of it is saved at once or not at all."""

from datetime import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from ledger.models import Action, AuditEvent, LeafBody
from notifications import notices, preferences
from notifications.kinds import KINDS, Kind
from notifications.models import Channel, Choice, Preference, QuietHours

pytestmark = pytest.mark.django_db
URL = "/account/notifications/"
FORM = {"language": "en", "time_zone": "UTC", "begins": "22:00", "ends": "07:00"}


def post(client: Client, **changes: str) -> Any:
    return client.post(URL, FORM | {name.replace("__", "-"): value for name, value in changes.items()})


def page(client: Client) -> str:
    return client.get(URL).content.decode()


def choice(user: User, kind: Kind, channel: Channel = Channel.EMAIL) -> Choice:
    return preferences.of_recipients(kind, [user.pk])[user.pk][channel]


def events() -> list[Any]:
    return list(AuditEvent.objects.filter(action=Action.PREFERENCES_CHANGED))


@pytest.fixture(autouse=True)
def _no_kinds_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(notices._notices, "test-text", raising=False)


@pytest.fixture
def with_phone(owner: User) -> User:
    owner.phone = "+351912345678"
    owner.save()
    return owner


# Who may see it


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    for answer in (client.get(URL), client.post(URL, FORM)):
        assert answer["Location"].startswith("/sign-in/?next=")


def test_a_member_of_the_lowest_role_and_an_outsider_choose_for_themselves_alone(
    owner: User, member: User, outsider: User, as_member: Client, as_outsider: Client, news: Kind
) -> None:
    post(as_member, **{"email-test-news": "off"}, time_zone="Europe/Lisbon")
    assert {row.recipient_id for row in Preference.objects.all()} == {member.pk}
    assert choice(owner, news) == choice(outsider, news) == Choice.NOW
    assert User.objects.get(pk=owner.pk).time_zone == "UTC"
    assert 'value="off" selected' not in page(as_outsider)
    assert 'value="off" selected' in page(as_member)


def test_looking_opens_no_personal_data(as_owner: Client, with_phone: User) -> None:
    shown = page(as_owner)
    assert "olivia" not in shown.lower()
    assert "912345678" not in shown
    assert not LeafBody.objects.filter(tenant=with_phone.pk).exists()


# What it shows


def test_it_shows_the_kinds_that_a_room_sends_by_topic(as_owner: Client, news: Kind, alarm: Kind) -> None:
    shown = page(as_owner)
    assert shown.index("Sign-in and security") < shown.index("Alarm") < shown.index("Team") < shown.index(news.title)
    assert "Daily summary</th>" not in shown


def test_a_kind_that_no_room_sends_yet_is_not_shown(
    as_owner: Client, news: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.notices._notices", {"key-created": lambda *_: None})
    assert "News of llamas" not in page(as_owner)
    post(as_owner, **{"email-test-news": "off"})
    assert not Preference.objects.exists()


def test_what_is_required_is_always_on_and_says_why(as_owner: Client, owner: User, alarm: Kind) -> None:
    shown = page(as_owner)
    assert "because it keeps your account safe" in shown
    assert 'name="email-test-alarm"' not in shown
    post(as_owner, **{"email-test-alarm": "off"})
    assert choice(owner, alarm) == Choice.NOW


def test_without_a_phone_number_nothing_can_be_switched_on_for_it(as_owner: Client, owner: User, news: Kind) -> None:
    assert "has no phone number" in page(as_owner)
    post(as_owner, **{"sms-test-news": "on"})
    assert choice(owner, news, Channel.SMS) == Choice.OFF


def test_it_asks_as_often_however_much_was_chosen(
    as_owner: Client, owner: User, django_assert_num_queries: Any, news: Kind
) -> None:
    page(as_owner)
    with CaptureQueriesContext(connection) as queries:
        page(as_owner)
    choices = {(name, channel): Choice.OFF for name, kind in KINDS.items() for channel in kind.channels}
    assert preferences.choose(owner.pk, KINDS.values(), choices) >= 3
    with django_assert_num_queries(len(queries)):
        page(as_owner)


# Saving


def test_everything_is_saved_at_once_with_one_event(as_owner: Client, with_phone: User, news: Kind) -> None:
    answer = post(
        as_owner,
        **{"email-test-news": "daily", "sms-test-news": "on", "is_quiet": "on"},
        language="de",
        time_zone="Europe/Lisbon",
    )
    assert answer["Location"] == URL
    assert "Saved." in page(as_owner)
    saved = User.objects.get(pk=with_phone.pk)
    assert (saved.language, saved.time_zone) == ("de", "Europe/Lisbon")
    assert choice(saved, news) == Choice.DAILY
    assert choice(saved, news, Channel.SMS) == Choice.NOW
    assert preferences.quiet_hours(saved.pk) == (time(22), time(7))
    (event,) = events()
    assert (event.actor, event.target) == (f"user:{saved.pk}", str(saved.pk))
    assert event.payload == {"choices": 2, "quiet_hours": 1, "language": 1, "time_zone": 1}


def test_saving_what_is_so_already_changes_and_records_nothing(as_owner: Client, news: Kind) -> None:
    post(as_owner, **{"email-test-news": "now"})
    assert "Nothing was changed." in page(as_owner)
    assert events() == []
    assert not Preference.objects.exists()


def test_what_the_form_did_not_ask_for_stays_as_it_was(as_owner: Client, owner: User, news: Kind) -> None:
    post(as_owner, **{"email-test-news": "off"})
    post(as_owner, language="fr")  # a page that was loaded before this kind came
    assert choice(owner, news) == Choice.OFF


def test_a_box_that_is_not_ticked_switches_off(as_owner: Client, with_phone: User, news: Kind) -> None:
    post(as_owner, **{"sms-test-news": "on", "is_quiet": "on"})
    post(as_owner)
    assert choice(with_phone, news, Channel.SMS) == Choice.OFF
    assert not QuietHours.objects.exists()


def test_the_form_shows_what_was_saved(as_owner: Client, with_phone: User, news: Kind) -> None:
    post(
        as_owner,
        **{"email-test-news": "daily", "sms-test-news": "on", "is_quiet": "on"},
        begins="23:30",
        time_zone="America/Argentina/Buenos_Aires",
    )
    shown = page(as_owner)
    assert 'value="daily" selected' in shown
    assert 'value="23:30"' in shown
    assert 'value="America/Argentina/Buenos_Aires" selected>Argentina, Buenos Aires' in shown
    assert shown.count(" checked") == 4  # the text, the quiet hours, the theme, and the single keys


def test_a_time_zone_that_is_no_place_stays_chosen(as_owner: Client, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(time_zone="US/Pacific")
    assert '<option value="US/Pacific" selected>US/Pacific</option>' in page(as_owner)
    post(as_owner, time_zone="US/Pacific", language="de")
    assert User.objects.get(pk=owner.pk).time_zone == "US/Pacific"


def test_what_is_no_time_zone_is_not_echoed(as_owner: Client) -> None:
    assert "nowhere" not in post(as_owner, time_zone='"><script>nowhere').content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"time_zone": "Europe/Nowhere"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "Europe/Lisbon\x00"},
        {"time_zone": ""},
        {"time_zone": "x" * 500},
        {"language": "xx"},
        {"language": ""},
        {"is_quiet": "on", "begins": ""},
        {"is_quiet": "on", "begins": "25:00"},
        {"is_quiet": "on", "ends": "22:00"},
        {"email-test-news": "hourly"},
    ],
)
def test_bad_input_saves_nothing_of_the_form(
    as_owner: Client, owner: User, news: Kind, changes: dict[str, str]
) -> None:
    good = {"email-test-news": "off", "language": "fr"}
    answer = as_owner.post(URL, FORM | good | changes)
    assert answer.status_code == 422
    assert b"Nothing was saved yet" in answer.content
    assert not Preference.objects.exists()
    assert not QuietHours.objects.exists()
    assert User.objects.get(pk=owner.pk).language == "en"
    assert events() == []


def test_it_leads_to_the_messages_and_both_are_in_the_account_menu(as_owner: Client) -> None:
    home = as_owner.get("/o/llamas-of-lisbon/").content.decode()
    for url in (URL, "/account/messages/"):
        assert f'href="{url}"' in home
    assert 'class="btn" href="/account/messages/"' in page(as_owner)
    assert f'class="btn" href="{URL}"' in as_owner.get("/account/messages/").content.decode()
