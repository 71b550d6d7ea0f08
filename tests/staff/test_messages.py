"""The delivery log: counts of what was sent and how, of nobody in particular."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ledger.ids import new_id
from notifications.models import Channel, DeliveryHour, OutboxMessage, Outcome

pytestmark = pytest.mark.django_db
URL = "/staff/messages/"
NOW = timezone.now


def ended(
    outcome: Outcome,
    *,
    times: int = 1,
    kind: str = "verify-email",
    channel: Channel = Channel.EMAIL,
    code: str = "",
    ago: timedelta = timedelta(),
    took: float = 0.5,
) -> None:
    for _ in range(times):
        DeliveryHour.objects.add(
            at=NOW() - ago, kind=kind, channel=channel, outcome=outcome, code=code, latency=timedelta(seconds=took)
        )


def waiting(kind: str = "verify-email", **since: int) -> OutboxMessage:
    due = NOW() - timedelta(**since)
    return OutboxMessage.objects.create(kind=kind, subject_id=new_id(), recipient_id=new_id(), due_at=due)


def kpis(page: Any) -> dict[str, str]:
    return {kpi.name: kpi.value for kpi in page.context["kpis"]}


def test_an_empty_log_says_so_and_has_all_its_parts(as_operator: Client) -> None:
    page = as_operator.get(URL)
    assert kpis(page) == {
        "Sent": "0", "Given up": "0", "Tried again": "0", "Within 5 seconds": "–", "Waiting now": "0",
    }  # fmt: skip
    assert "Nothing was sent in this period" in page.content.decode()


def test_it_counts_what_was_sent_given_up_and_tried_again(as_operator: Client) -> None:
    ended(Outcome.SENT, times=3)
    ended(Outcome.SENT, took=60)
    ended(Outcome.RETRIED, times=2, code="smtp-451")
    ended(Outcome.GIVEN_UP, code="recipient-refused")
    page = as_operator.get(URL)
    assert kpis(page) == {
        "Sent": "4", "Given up": "1", "Tried again": "2", "Within 5 seconds": "75%", "Waiting now": "0",
    }  # fmt: skip
    (row,) = page.context["rows"]
    assert (row.name, row.sent, row.retried, row.given_up, row.rate) == ("Email", "4", "2", "1", "20%")
    assert [share.label for share in row.shares] == ["75%", "75%", "75%", "100%", "0%"]
    assert [(code.code, code.retried, code.given_up) for code in page.context["codes"]] == [
        ("smtp-451", "2", "0"),
        ("recipient-refused", "0", "1"),
    ]
    assert "The mail server answered 451." in page.content.decode()


def test_the_chart_and_its_table_hold_the_same(as_operator: Client) -> None:
    ended(Outcome.SENT, times=5)
    ended(Outcome.GIVEN_UP, times=2, code="failed", ago=timedelta(hours=3))
    page = as_operator.get(URL)
    drawn = [[segment.value for segment in column.segments] for column in page.context["chart"].columns]
    table = [counts for _, counts in page.context["buckets"]]
    assert [[count for count in counts if count != "0"] for counts in table] == drawn
    assert [drawn[-1], drawn[-4]] == [["5"], ["2"]]


def test_the_period_ends_with_the_running_hour_and_days_are_summed(as_operator: Client) -> None:
    ended(Outcome.SENT, times=2, ago=timedelta(hours=20))
    ended(Outcome.SENT, times=3, ago=timedelta(hours=30))
    ended(Outcome.SENT, times=4, ago=timedelta(days=20))
    found = {name: kpis(as_operator.get(URL, {"range": name}))["Sent"] for name in ("24h", "7d", "30d", "nonsense")}
    assert found == {"24h": "2", "7d": "5", "30d": "9", "nonsense": "2"}


def test_it_groups_by_kind_and_shows_one_channel_alone(as_operator: Client) -> None:
    ended(Outcome.SENT, times=2)
    ended(Outcome.SENT, kind="key.created", channel=Channel.WEBHOOK)
    rows = as_operator.get(URL, {"by": "kind"}).context["rows"]
    assert [(row.name, row.hint, row.sent) for row in rows] == [
        ("Verification of your address", "verify-email", "2"),
        ("An API key was created", "key.created", "1"),
    ]
    assert kpis(as_operator.get(URL, {"channel": "webhook"}))["Sent"] == "1"
    assert kpis(as_operator.get(URL, {"channel": "pigeon"}))["Sent"] == "3"


def test_it_says_what_waits_and_since_when(as_operator: Client) -> None:
    waiting(minutes=12)
    waiting(minutes=1)
    waiting(hours=-1)  # its time is to come
    page = as_operator.get(URL)
    late = page.context["kpis"][-1]
    assert (late.value, late.delta, late.tone) == ("2", "12 minutes", "bad")
    assert page.context["rows"][0].waiting == "2"


def test_what_had_nothing_to_say_counts_as_not_sent(as_operator: Client) -> None:
    ended(Outcome.UNNEEDED, times=3)
    page = as_operator.get(URL)
    assert kpis(page)["Sent"] == "0"
    assert "3 had nothing to say any more" in page.content.decode()


def test_no_id_of_anybody_is_on_the_page(as_operator: Client) -> None:
    message = waiting(minutes=3)
    page = as_operator.get(URL, {"by": "kind"}).content.decode()
    for hidden in (message.pk, message.subject_id, message.recipient_id):
        assert str(hidden) not in page


def test_a_part_of_the_page_comes_alone(as_operator: Client) -> None:
    part = as_operator.get(URL, headers={"HX-Request": "true", "HX-Target": "log"}).content.decode()
    assert part.strip().startswith('<div id="log"')


def test_the_page_asks_no_more_the_more_was_sent(as_operator: Client, django_assert_num_queries: Any) -> None:
    for number in range(20):
        ended(Outcome.SENT, kind=f"kind-{number}", ago=timedelta(hours=number))
        ended(Outcome.GIVEN_UP, kind=f"kind-{number}", code=f"smtp-{number}")
        waiting(f"kind-{number}", minutes=number)
    with django_assert_num_queries(7):  # session, person, organizations, and four of the log
        as_operator.get(URL, {"by": "kind", "range": "30d"})


def test_it_reads_no_message_that_is_over(as_operator: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(7) as asked:
        as_operator.get(URL)
    (query,) = (each["sql"] for each in asked if "notifications_outboxmessage" in each["sql"])
    assert '"sent_at" IS NULL' in query
    assert '"failed_at" IS NULL' in query
