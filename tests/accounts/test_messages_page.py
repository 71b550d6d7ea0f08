"""The messages that went to somebody: theirs alone, in plain words, and nothing of what stood in them."""

import re
import smtplib
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import User
from ledger.ids import new_id
from ledger.models import LeafBody
from notifications import outbox
from notifications.kinds import Kind
from notifications.models import Channel, OutboxMessage
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
URL = "/account/messages/"


def put(user: User, *, channel: Channel = Channel.EMAIL, **state: Any) -> OutboxMessage:
    message = outbox.put("test-news", new_id(), recipient_id=user.pk, channel=channel)
    OutboxMessage.objects.filter(pk=message.pk).update(**state)
    return message


def rows(client: Client, **query: str) -> list[str]:
    """Return the words of each row."""
    shown = client.get(URL, query).content.decode()
    found = re.findall(r'<tr role="row">(.*?)</tr>', shown.partition("<tbody")[2], re.DOTALL)
    return [" ".join(unescape(strip_tags(re.sub(r"(<(?:td|small|time)\b)", r" \1", row))).split()) for row in found]


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    assert client.get(URL)["Location"].startswith("/sign-in/?next=")


def test_nothing_can_be_posted(as_owner: Client) -> None:
    assert as_owner.post(URL).status_code == 405


def test_everybody_sees_their_own_messages_and_nobody_elses(
    owner: User, member: User, outsider: User, as_owner: Client, as_member: Client, as_outsider: Client, news: Kind
) -> None:
    put(owner)
    put(member, channel=Channel.SMS)
    for client, count in ((as_owner, 1), (as_member, 1), (as_outsider, 0)):
        assert len(rows(client)) == count
    assert "Text message" in rows(as_member)[0]
    assert "Text message" not in rows(as_owner)[0]
    assert b"Nothing was sent to you yet" in as_outsider.get(URL).content


def test_a_sent_message_says_when_and_what_was_opened_for_it(as_owner: Client, owner: User, news: Kind) -> None:
    put(owner)
    send_all()
    (row,) = rows(as_owner)
    assert re.fullmatch(
        r"News of llamas Email \w+ \d+, \d{4} \d\d:\d\d Sent \w+ \d+, \d\d:\d\d:\d\d Email address", row
    )


def test_what_was_opened_comes_from_the_ledger_and_counts_each_try(
    as_owner: Client, owner: User, member: User, news: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(owner)
    put(member)
    with monkeypatch.context() as broken:
        broken.setattr("notifications.email.Letter.send", _unreachable)
        send_all()
    (row,) = rows(as_owner)
    assert "Will be tried again at" in row
    assert row.endswith("Our mail server could not be reached. Email address")
    send_all()
    assert rows(as_owner)[0].endswith("Email address, 2 times")


def _unreachable(self: Any) -> int:
    raise smtplib.SMTPServerDisconnected


def test_what_never_got_that_far_opened_nothing(as_owner: Client, owner: User, news: Kind, settings: Any) -> None:
    settings.SMS_PROVIDER = "none"
    put(owner, channel=Channel.SMS)
    send_all()
    assert rows(as_owner)[0].endswith("Nothing")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({}, "Waiting Nothing"),
        ({"run_at": timedelta(hours=3)}, "Waiting until"),
        ({"attempts": 1, "run_at": timedelta(minutes=2)}, "Waiting Nothing"),
        ({"attempts": 1, "tried": 1, "run_at": timedelta(minutes=2)}, "Waiting Nothing"),
        (
            {"attempts": 2, "tried": 2, "error": "smtp-451", "run_at": timedelta(minutes=2)},
            "Will be tried again at",
        ),
        ({"attempts": 3, "tried": 2, "error": "smtp-451", "run_at": timedelta(minutes=2)}, "Will be tried again Your"),
        ({"sent_at": timedelta(), "error": "withdrawn"}, "Not sent: no longer needed"),
        ({"sent_at": timedelta(), "error": "summarized"}, "In your daily summary"),
        ({"failed_at": timedelta(), "error": "recipient-refused"}, "does not know your address"),
        ({"failed_at": timedelta(), "error": "mail-provider-422"}, "Your mail server did not take it."),
        ({"failed_at": timedelta(), "error": "suppressed"}, "came back, or was called spam"),
        ({"failed_at": timedelta(), "error": "worker-lost"}, "Something went wrong on our side."),
        ({"failed_at": timedelta(), "error": "shredded"}, "Something went wrong on our side."),
    ],
)
def test_each_state_is_told_in_plain_words_without_its_code(
    as_owner: Client, owner: User, news: Kind, state: dict[str, Any], words: str
) -> None:
    now = timezone.now()
    put(owner, **{name: now + value if isinstance(value, timedelta) else value for name, value in state.items()})
    (row,) = rows(as_owner)
    assert words in row
    assert not state.get("error") or state["error"] not in row


def test_a_stop_is_told_with_how_to_take_it_back(as_owner: Client, owner: User, news: Kind) -> None:
    put(owner, channel=Channel.SMS, failed_at=timezone.now(), error="suppressed")
    assert "Answer START" in rows(as_owner)[0]


def test_a_kind_that_there_is_no_more_keeps_a_name(as_owner: Client, owner: User, news: Kind) -> None:
    put(owner, sent_at=timezone.now(), kind="former-kind")
    assert rows(as_owner)[0].startswith("Former kind")


def test_times_are_the_readers_own(as_owner: Client, owner: User, news: Kind) -> None:
    User.objects.filter(pk=owner.pk).update(time_zone="Asia/Kathmandu")
    at = timezone.now().replace(month=1, day=1, hour=20, minute=0)
    put(owner, created_at=at)
    assert "Jan 2" in rows(as_owner)[0]
    assert "01:45" in rows(as_owner)[0]
    assert b"Times are in Asia/Kathmandu" in as_owner.get(URL).content


def test_the_newest_comes_first_and_a_channel_can_be_chosen(as_owner: Client, owner: User, news: Kind) -> None:
    put(owner)
    put(owner, channel=Channel.SMS)
    assert ["Text message" in row for row in rows(as_owner)] == [True, False]
    assert ["Text message" in row for row in rows(as_owner, channel="sms")] == [True]
    assert ["Text message" in row for row in rows(as_owner, channel="email")] == [False]
    assert len(rows(as_owner, channel="pigeon' OR 1=1")) == 2
    OutboxMessage.objects.filter(channel="sms").delete()
    assert b"Nothing went to you this way" in as_owner.get(URL, {"channel": "sms"}).content


def test_pages_keep_the_channel(as_owner: Client, owner: User, news: Kind) -> None:
    for _ in range(51):
        put(owner)
    put(owner, channel=Channel.SMS)
    assert len(rows(as_owner, channel="email")) == 50
    assert len(rows(as_owner, channel="email", page="2")) == 1
    assert len(rows(as_owner, page="99")) == 2
    assert b"channel=email&amp;page=2" in as_owner.get(URL, {"channel": "email"}).content


def test_neither_an_address_nor_a_body_is_shown_and_looking_opens_nothing(
    as_owner: Client, owner: User, news: Kind
) -> None:
    message = put(owner)
    send_all()
    leaves = LeafBody.objects.count()
    answer = as_owner.get(URL)
    shown = answer.content.decode()
    for secret in ("olivia", "They are well", str(message.subject_id), str(message.pk)):
        assert secret not in shown.lower()
    assert LeafBody.objects.count() == leaves
    assert "no-store" in answer["Cache-Control"]


def test_how_long_it_is_kept_is_said_where_it_is_set(as_owner: Client, settings: Any) -> None:
    settings.OUTBOX_KEPT = timedelta(days=90)
    assert b"listed for 90 days" in as_owner.get(URL).content


def test_it_asks_as_often_for_fifty_messages_as_for_one(as_owner: Client, owner: User, news: Kind) -> None:
    counts = []
    for more in (1, 49):
        for _ in range(more):
            put(owner)
        send_all()
        with CaptureQueriesContext(connections["default"]) as console, CaptureQueriesContext(connections["vault"]) as v:
            assert rows(as_owner)
        counts.append((len(console), len(v)))
    assert counts[0] == counts[1]
    assert counts[1][1] == 1
