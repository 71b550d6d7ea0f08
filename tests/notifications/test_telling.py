"""Telling: one message to each recipient and channel, at once or in the next summary, however often it is called."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from ledger.ids import new_id
from notifications import preferences
from notifications.kinds import Kind
from notifications.models import Channel, Choice, DigestItem, OutboxMessage
from notifications.telling import next_summary, tell
from tests.conftest import person

EMAIL, SMS = Channel.EMAIL, Channel.SMS
MARGIN = timedelta(minutes=5)


def choose(user_id: UUID, kind: Kind, email: Choice, sms: Choice = Choice.OFF) -> None:
    preferences.choose(user_id, [kind], {(kind.name, EMAIL): email, (kind.name, SMS): sms})


def alone(kind: Kind) -> list[tuple[UUID, str]]:
    """Who gets messages of a kind by themselves, and how."""
    found = OutboxMessage.objects.filter(kind=kind.name, sent_at=None)
    return sorted(found.values_list("recipient_id", "channel"))


@pytest.mark.django_db
def test_each_recipient_gets_one_message_for_each_channel_that_they_chose(news: Kind) -> None:
    plain, both, none = sorted(new_id() for _ in range(3))
    choose(both, news, Choice.NOW, Choice.NOW)
    choose(none, news, Choice.OFF)
    assert tell(news.name, new_id(), [plain, both, none, plain]) == 3
    assert alone(news) == [(plain, EMAIL), (both, EMAIL), (both, SMS)]


@pytest.mark.django_db
def test_messages_carry_the_priority_of_their_kind(alarm: Kind) -> None:
    tell(alarm.name, new_id(), [new_id()])
    assert OutboxMessage.objects.get().is_urgent


@pytest.mark.django_db
def test_an_unknown_kind_is_refused_before_anything_is_written() -> None:
    with pytest.raises(KeyError):
        tell("no-such-kind", new_id(), [new_id()])


@pytest.mark.django_db
def test_nobody_is_told_nothing(news: Kind) -> None:
    assert tell(news.name, new_id(), []) == 0
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_with_a_key_each_is_told_once_and_without_one_each_time(news: Kind) -> None:
    first, second, subject = new_id(), new_id(), new_id()
    tell(news.name, subject, [first], key="budget:80")
    tell(news.name, subject, [first, second], key="budget:80")
    assert alone(news) == sorted([(first, EMAIL), (second, EMAIL)])
    tell(news.name, subject, [first])
    assert len(alone(news)) == 3


@pytest.mark.django_db
def test_a_key_is_used_up_by_whichever_way_they_were_told(owner: User, news: Kind) -> None:
    choose(owner.pk, news, Choice.DAILY)
    for subject in (new_id(), new_id()):  # as an alert does that is looked at each hour
        tell(news.name, subject, [owner.pk], key="budget:80")
    assert DigestItem.objects.count() == 1
    choose(owner.pk, news, Choice.NOW)
    tell(news.name, new_id(), [owner.pk], key="budget:80")
    assert alone(news) == []
    tell(news.name, new_id(), [owner.pk], key="budget:100")
    choose(owner.pk, news, Choice.DAILY)
    tell(news.name, new_id(), [owner.pk], key="budget:100")
    assert (len(alone(news)), DigestItem.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_what_somebody_chose_to_get_once_a_day_is_an_item_of_their_next_summary(owner: User, news: Kind) -> None:
    choose(owner.pk, news, Choice.DAILY, Choice.NOW)
    subjects = [new_id(), new_id()]
    for subject in [*subjects, subjects[0]]:
        tell(news.name, subject, [owner.pk])
    summary = OutboxMessage.objects.get(kind="summary")
    assert (summary.recipient_id, summary.channel, summary.sent_at) == (owner.pk, EMAIL, None)
    assert summary.run_at.astimezone(UTC).hour == 8
    items = DigestItem.objects.filter(digest_id=summary.subject_id).order_by("id")
    assert [item.subject_id for item in items] == subjects
    assert alone(news) == [(owner.pk, SMS)] * 3


@pytest.mark.django_db
def test_who_moves_to_another_time_zone_loses_nothing(owner: User, news: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 25, 6, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    choose(owner.pk, news, Choice.DAILY)
    for zone in ("Europe/Berlin", "Europe/Lisbon"):  # where it is eight on the same day, an hour apart
        User.objects.filter(pk=owner.pk).update(time_zone=zone)
        tell(news.name, new_id(), [owner.pk])
    summaries = OutboxMessage.objects.filter(kind="summary").order_by("run_at")
    assert [each.run_at - now for each in summaries] == [timedelta(hours=1), timedelta(hours=2)]
    assert [DigestItem.objects.filter(digest_id=each.subject_id).count() for each in summaries] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_if_the_change_is_taken_back(owner: User, news: Kind) -> None:
    choose(owner.pk, news, Choice.DAILY, Choice.NOW)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(news.name, new_id(), [owner.pk])
        raise ZeroDivisionError
    assert not OutboxMessage.objects.exists()
    assert not DigestItem.objects.exists()


def statements(kind: Kind, ids: list[UUID]) -> tuple[int, int]:
    """Tell them, and return how many statements read and how many wrote."""
    with CaptureQueriesContext(connection) as queries:
        tell(kind.name, new_id(), ids, key=str(new_id()))
    inserts = sum(query["sql"].startswith("INSERT") for query in queries)
    return len(queries) - inserts, inserts


@pytest.mark.django_db
def test_telling_a_thousand_asks_as_often_as_telling_ten(news: Kind) -> None:
    few, many = statements(news, [new_id() for _ in range(10)]), statements(news, [new_id() for _ in range(1000)])
    assert many[0] == few[0]
    assert many[1] <= 1000 / 50
    assert OutboxMessage.objects.count() == 1010


@pytest.mark.django_db
def test_entering_many_summaries_asks_as_often_as_entering_one(news: Kind) -> None:
    people = [person(f"{number}@example.com") for number in range(12)]
    for each in people:
        choose(each.pk, news, Choice.DAILY)
    assert statements(news, [people[0].pk]) == statements(news, [each.pk for each in people])
    assert OutboxMessage.objects.filter(kind="summary").count() == 12


# When a summary goes


@pytest.mark.parametrize(
    ("now", "zone", "local"),
    [
        ("2026-11-25T06:00+00:00", "UTC", "2026-11-25T08:00+00:00"),
        ("2026-11-25T07:54:59+00:00", "UTC", "2026-11-25T08:00+00:00"),
        ("2026-11-25T07:55+00:00", "UTC", "2026-11-26T08:00+00:00"),
        ("2026-11-25T23:00+00:00", "Asia/Tokyo", "2026-11-27T08:00+09:00"),
        ("2026-03-28T20:00+00:00", "Europe/Berlin", "2026-03-29T08:00+02:00"),
        ("2026-10-24T20:00+00:00", "Europe/Berlin", "2026-10-25T08:00+01:00"),
        ("2026-12-31T23:00+00:00", "America/St_Johns", "2027-01-01T08:00-03:30"),
    ],
)
def test_a_summary_goes_at_eight_where_its_recipient_is(now: str, zone: str, local: str) -> None:
    assert next_summary(datetime.fromisoformat(now), zone) == datetime.fromisoformat(local)


@given(st.integers(0, 20 * 365 * 24 * 60), st.sampled_from(sorted(available_timezones())))
def test_a_summary_goes_within_a_day_in_every_zone_whatever_its_clocks_do(minutes: int, zone: str) -> None:
    now = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    at = next_summary(now, zone)
    assert MARGIN < at - now <= timedelta(days=1, hours=3) + MARGIN
    assert at.astimezone(ZoneInfo(zone)).hour == 8


@given(st.integers(0, 26 * 60))
def test_summaries_of_one_day_are_one_summary(minutes: int) -> None:
    start = datetime(2026, 10, 24, 5, 56, tzinfo=UTC)  # just too late for the one at eight in Berlin
    at, later = (next_summary(start + timedelta(minutes=each), "Europe/Berlin") for each in (0, minutes))
    before_the_next = start + timedelta(minutes=minutes) + MARGIN < at
    assert (at == later) == before_the_next
