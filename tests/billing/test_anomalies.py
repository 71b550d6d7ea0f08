"""Spending that is far above what is usual at its time of the week is told once a day, in plain words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import create_organization
from accounts.entries import Contact
from accounts.models import Organization, Project, User
from billing.anomalies import warn_of_anomalies
from billing.models import SpendingAnomaly
from catalog.money import PICO
from keys.actions import issue_key
from keys.models import ApiKey
from ledger.actor import Actor
from ledger.ids import new_id
from notifications.models import Channel, Endpoint, OutboxMessage
from tests.support.outbox import send_all
from usage.models import DailyTotal, DailyUsage, HourlyTotal, HourlyUsage

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 14, 20, tzinfo=UTC)  # a Tuesday
HOUR = datetime(2026, 11, 24, 13, tzinfo=UTC)
_NOTHING = dict.fromkeys(("requests", "prompt_tokens", "cached_tokens", "completion_tokens", "latency_ms"), 0)


def use(
    organization: Organization, hour: datetime, dollars: int, project: UUID | None = None, key: UUID | None = None,
    model: str = "llama",
) -> None:  # fmt: skip
    """Note what an hour cost in all rollups."""
    place: dict[str, Any] = {
        "organization_id": organization.pk, "project_id": project or new_id(), "model": model, "status": 2,
        "amount": dollars * PICO,
    }  # fmt: skip
    day, by_key = hour.replace(hour=0), {"key_id": key or new_id()}
    HourlyTotal.objects.create(start=hour, **place, **_NOTHING)
    HourlyUsage.objects.create(start=hour, **place, **by_key, **_NOTHING)
    DailyTotal.objects.create(start=day, **place, **_NOTHING)
    DailyUsage.objects.create(start=day, **place, **by_key, **_NOTHING)


def use_weekly(organization: Organization, dollars: int = 6, weeks: int = 5, hour: datetime = HOUR) -> None:
    for week in range(1, weeks + 1):
        use(organization, hour - week * timedelta(days=7), dollars)


@pytest.fixture
def key(project: Project) -> ApiKey:
    return issue_key(Actor.operator(), project=project, name="Nightly")[0]


def letters() -> int:
    return OutboxMessage.objects.filter(kind="spending-anomaly", channel="email").count()


def test_an_hour_far_above_the_same_hour_of_the_weeks_before_is_told_once_a_day(
    organization: Organization, key: ApiKey
) -> None:
    endpoint = Endpoint.objects.create(
        organization_id=organization.pk, url="https://a.example", kinds=["spending.anomaly"]
    )
    use_weekly(organization)
    use(organization, HOUR, 35, key.project_id, key.pk)
    use(organization, HOUR, 6)
    assert [warn_of_anomalies(NOW), warn_of_anomalies(NOW), letters()] == [1, 0, 1]
    found = SpendingAnomaly.objects.get()
    assert (found.start, found.is_day, found.told_on) == (HOUR, False, date(2026, 11, 24))
    assert (found.spent, found.usual, found.share) == (41 * PICO, 6 * PICO, 35 * PICO)
    assert (found.model, found.project_id, found.key_id) == ("llama", key.project_id, key.pk)
    (event,) = OutboxMessage.objects.filter(channel=Channel.WEBHOOK)
    assert (event.kind, event.recipient_id, event.subject_id) == ("spending.anomaly", endpoint.pk, found.pk)


def test_who_reports_more_than_can_be_summed_keeps_nobody_from_hearing_of_theirs(
    organization: Organization, outsider: User
) -> None:
    contact = Contact("Otto", "otto@example.org")
    other = create_organization(Actor.operator(), name="Ottos", owner=outsider, contact=contact)
    for each in (other, organization):
        use_weekly(each)
        use(each, HOUR, 41)
    for _ in range(3):
        use(other, HOUR, 4_000_000)
    told = warn_of_anomalies(NOW)
    assert SpendingAnomaly.objects.filter(organization_id=organization.pk).exists()
    assert told == (2 if connection.vendor == "postgresql" else 1)


def test_an_hour_later_the_same_day_nobody_is_told_again_and_the_next_day_not_of_that_day(
    organization: Organization,
) -> None:
    use_weekly(organization)
    use(organization, HOUR, 41)
    warn_of_anomalies(NOW)
    use(organization, HOUR + timedelta(hours=1), 80)
    assert warn_of_anomalies(NOW + timedelta(hours=1)) == 0
    assert warn_of_anomalies(NOW + timedelta(days=1)) == 0
    assert letters() == 1


def test_a_day_far_above_the_same_weekday_is_told_where_no_hour_of_it_was(organization: Organization) -> None:
    use_weekly(organization, 12)
    for hour in range(24):
        use(organization, HOUR.replace(hour=hour), 3)
    assert warn_of_anomalies(NOW) == 0
    tomorrow = datetime(2026, 11, 25, 0, 10, tzinfo=UTC)
    assert [warn_of_anomalies(tomorrow), warn_of_anomalies(tomorrow)] == [1, 0]
    found = SpendingAnomaly.objects.get()
    assert (found.start, found.is_day) == (HOUR.replace(hour=0), True)
    assert (found.spent, found.usual) == (72 * PICO, 12 * PICO)


@pytest.mark.parametrize("weeks", [0, 3])
def test_who_has_less_than_four_weeks_of_usage_is_told_of_nothing(organization: Organization, weeks: int) -> None:
    use_weekly(organization, weeks=weeks)
    use(organization, HOUR, 400)
    assert warn_of_anomalies(NOW) == 0


def test_weeks_without_any_usage_at_that_time_count_as_nothing(organization: Organization) -> None:
    use(organization, HOUR - timedelta(days=40), 6)
    use(organization, HOUR, 41)
    assert warn_of_anomalies(NOW) == 1
    assert SpendingAnomaly.objects.get().usual == 0


def test_cents_alarm_nobody(organization: Organization, settings: Any) -> None:
    settings.BILLING_ANOMALY_LEAST = 4000
    use_weekly(organization, 1)
    use(organization, HOUR, 40)
    assert warn_of_anomalies(NOW) == 0
    settings.BILLING_ANOMALY_LEAST = 3900
    assert warn_of_anomalies(NOW) == 1


def test_what_runs_each_day_at_another_hour_is_usual(organization: Organization) -> None:
    use_weekly(organization)
    use(organization, HOUR - timedelta(days=3, hours=5), 41)
    use(organization, HOUR, 41)
    assert warn_of_anomalies(NOW) == 0


def test_many_organizations_take_as_many_queries_as_one(organization: Organization, owner: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert warn_of_anomalies(NOW) == 0
        return len(found)

    use_weekly(organization)
    use(organization, HOUR, 12)
    one = queries()
    for number in range(3):
        other = Organization.objects.create(name=f"Other {number}", slug=f"other-{number}")
        use_weekly(other)
        use(other, HOUR, 12)
    assert queries() == one <= 12


def test_the_letter_says_what_went_out_what_is_usual_and_where_most_of_it_went(
    organization: Organization, key: ApiKey
) -> None:
    use_weekly(organization)
    use(organization, HOUR, 35, key.project_id, key.pk)
    use(organization, HOUR, 6)
    warn_of_anomalies(NOW)
    send_all()
    (letter,) = mail.outbox
    text = " ".join(letter.body.split())
    assert "$41.00 went out in the hour to November 24, 2026, 14:00 UTC." in text
    assert "At this time of a Tuesday it is usually $6.00." in text
    for part in ("Most of it: $35.00", "Model: llama", "Key: Nightly", "Project: Default"):
        assert part in text
    assert "three times the usual or more" in text


def test_the_letter_of_a_day_names_the_weekday_of_utc(organization: Organization) -> None:
    use_weekly(organization, 12)
    for hour in range(24):
        use(organization, HOUR.replace(hour=hour), 3)
    warn_of_anomalies(datetime(2026, 11, 25, 0, 10, tzinfo=UTC))
    send_all()
    (letter,) = mail.outbox
    text = " ".join(letter.body.split())
    assert (
        "$72.00 went out in the 24 hours from November 24, 2026, 00:00 UTC. On a Tuesday it is usually $12.00" in text
    )
    assert "Key:" not in text  # it is gone


def test_whoever_hears_of_money_no_more_is_not_told(organization: Organization, owner: User) -> None:
    use_weekly(organization)
    use(organization, HOUR, 41)
    warn_of_anomalies(NOW)
    organization.memberships.all().delete()
    send_all()
    assert mail.outbox == []
