"""Partitions: on PostgreSQL each month of calls has a table of its own, and a call of any month has a place."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from ledger.ids import new_id
from tests.usage.test_recording import call
from usage.actions import record_calls
from usage.models import UsageEvent
from usage.partitions import OTHERS, drop_months, make_months, months

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one table"),
]
NOW = datetime(2031, 12, 5, 13, tzinfo=UTC)
SINCE = datetime(2031, 12, 1, tzinfo=UTC)


def place_of(moment: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM usage_usageevent WHERE started_at = %s", [moment])
        (name,) = cursor.fetchone()
    return str(name)


def test_the_months_to_come_have_their_tables_before_they_begin() -> None:
    assert make_months(NOW) == [SINCE, datetime(2032, 1, 1, tzinfo=UTC), datetime(2032, 2, 1, tzinfo=UTC)]
    assert make_months(NOW) == []
    assert set(months()) >= {SINCE, datetime(2032, 2, 1, tzinfo=UTC)}


@pytest.mark.parametrize("moment", [SINCE, datetime(2031, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)])
def test_a_call_lands_in_the_table_of_its_month(moment: datetime) -> None:
    make_months(NOW)
    record_calls([call(started_at=moment)])
    assert place_of(moment) == "usage_usageevent_2031_12"


def test_calls_of_a_month_without_a_table_count_at_once_and_move_when_it_is_made() -> None:
    early, other = datetime(2019, 3, 31, 23, 59, tzinfo=UTC), datetime(2019, 4, 1, tzinfo=UTC)
    same = call(started_at=early)
    record_calls([same, call(started_at=other)])
    assert place_of(early) == OTHERS
    assert {datetime(2019, 3, 1, tzinfo=UTC), datetime(2019, 4, 1, tzinfo=UTC)} <= set(make_months(NOW))
    assert place_of(early) == "usage_usageevent_2019_03"
    assert record_calls([same]) == 0
    assert UsageEvent.objects.count() == 2


def test_months_that_are_over_are_dropped_whole_and_no_others() -> None:
    record_calls([call(started_at=datetime(2031, month, 15, tzinfo=UTC)) for month in (8, 9, 10)])
    make_months(NOW)
    dropped = drop_months(datetime(2031, 9, 30, tzinfo=UTC))
    assert datetime(2031, 8, 1, tzinfo=UTC) in dropped
    assert sorted(event.started_at.month for event in UsageEvent.objects.all()) == [9, 10]


def test_a_call_is_known_again_in_its_month_alone_by_its_id_and_time() -> None:
    make_months(NOW)
    same = call(id=new_id(), started_at=NOW)
    assert [record_calls([same, call(started_at=SINCE)]), record_calls([same])] == [2, 0]
