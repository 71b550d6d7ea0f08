"""Checking: whatever was done to a bucket is found, told, and put right from the calls."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import Organization
from catalog.models import Model
from ledger.ids import new_id
from tests.usage.test_recording import call, llama  # noqa: F401  fixture
from tests.usage.test_rollups import TABLES, are_exact
from usage.actions import record_calls
from usage.checking import check, spans
from usage.models import DailyTotal, HourlyUsage, MinuteUsage, Rollup
from usage.sketch import pack

pytestmark = pytest.mark.django_db


@pytest.fixture
def days(llama: Model) -> list[datetime]:  # noqa: F811
    """Three days with calls, and one between them without any."""
    now = timezone.now().replace(hour=0, minute=30, second=0, microsecond=0)
    found = [now - timedelta(days=back) for back in (4, 3, 1)]
    record_calls([call(started_at=day + timedelta(minutes=n), latency_ms=100 * n) for day in found for n in range(40)])
    return found


def found(*, repair: bool = False) -> list[str]:
    return [str(each) for span in spans() for each in check(span, repair=repair)]


def test_rollups_that_say_what_their_calls_say_are_left_alone(days: list[datetime]) -> None:
    before = [list(table._default_manager.order_by("pk").values_list("pk", flat=True)) for table in TABLES]
    assert len(spans()) == 4
    assert not found(repair=True)
    assert before == [list(table._default_manager.order_by("pk").values_list("pk", flat=True)) for table in TABLES]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", [{"requests": 7}, {"amount": 1}, {"latencies": pack({3: 40})}, {"status": 5}])
def test_a_bucket_that_was_changed_is_found_and_repaired(
    days: list[datetime], table: type[Rollup], change: dict[str, Any]
) -> None:
    row = table._default_manager.order_by("start").first()
    assert row
    table._default_manager.filter(organization_id=row.organization_id, start=row.start).update(**change)
    assert any(table.__name__ in each and row.model in each for each in found())
    assert found(), "looking changes nothing"
    assert found(repair=True)
    are_exact()
    assert not found()


@pytest.mark.parametrize("table", TABLES)
def test_buckets_that_are_gone_are_written_again(days: list[datetime], table: type[Rollup]) -> None:
    table._default_manager.all().delete()
    assert found(repair=True)
    are_exact()


def test_a_bucket_without_calls_is_removed(days: list[datetime]) -> None:
    row = DailyTotal.objects.order_by("start")[0]
    row.start, row.organization_id = row.start - timedelta(days=9), new_id()
    row.save(force_insert=True)
    assert found(repair=True)
    are_exact()


def test_minutes_that_are_about_to_be_purged_are_nothing_to_repair(days: list[datetime], settings: Any) -> None:
    settings.USAGE_MINUTES = timedelta(days=1)
    assert not found()
    MinuteUsage.objects.filter(start__lt=days[1]).delete()
    assert not found()


def test_the_command_tells_what_differs_and_how_far_it_is(days: list[datetime]) -> None:
    HourlyUsage.objects.filter(start__gte=days[2].replace(minute=0)).update(requests=1)
    out, progress = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_usage", stdout=out, stderr=progress)
    assert ended.value.code == 1
    assert "HourlyUsage" in out.getvalue()
    assert "4 days of organizations: 2 buckets differ." in out.getvalue()
    assert "days 4/4" in progress.getvalue()
    call_command("check_usage", "--repair", stdout=out, stderr=progress)
    assert "2 buckets repaired." in out.getvalue()
    call_command("check_usage", stdout=out, stderr=progress)
    assert "4 days of organizations: all as their calls." in out.getvalue()


def test_the_command_looks_at_one_organization_alone(days: list[datetime], organization: Organization) -> None:
    HourlyUsage.objects.update(requests=1)
    out = StringIO()
    call_command("check_usage", "--organization", organization.slug, stdout=out, stderr=StringIO())
    assert "0 days of organizations" in out.getvalue()
    with pytest.raises(CommandError, match="no organization nobodies"):
        call_command("check_usage", "--organization", "nobodies", stdout=out, stderr=StringIO())
