"""What was spent, read from the rollup: by day, by project, and against the month before."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from billing.models import BillingAccount
from billing.spend import spend_of, spent_by_project
from ledger.ids import new_id
from usage.models import HourlyTotal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
_NOTHING = dict.fromkeys(("requests", "prompt_tokens", "cached_tokens", "completion_tokens", "latency_ms"), 0)


@pytest.fixture
def account(account: BillingAccount) -> BillingAccount:
    """An account of this summer."""
    account.created_at = datetime(2026, 6, 1, tzinfo=UTC)
    account.save()
    return account


def use(account: BillingAccount, hour: datetime, amount: int, project: UUID | None = None) -> None:
    place: dict[str, Any] = {"project_id": project or new_id(), "model": "llama", "status": 2}
    HourlyTotal.objects.create(organization_id=account.pk, start=hour, amount=amount, **place, **_NOTHING)


def test_days_are_summed_and_end_at_midnight_utc(account: BillingAccount) -> None:
    for hour, amount in ((23, 5), (24, 7), (25, 1)):
        use(account, datetime(2026, 11, 3, tzinfo=UTC) + timedelta(hours=hour), amount)
    spend = spend_of(account, NOW)
    assert spend.daily == {date(2026, 11, 3): 5, date(2026, 11, 4): 8}
    assert spend.month_to_date == 13


def test_the_month_before_counts_up_to_the_same_moment_of_it(account: BillingAccount) -> None:
    use(account, datetime(2026, 10, 20, 12, tzinfo=UTC), 3)
    use(account, datetime(2026, 10, 20, 13, tzinfo=UTC), 40)
    use(account, datetime(2026, 9, 30, 23, tzinfo=UTC), 500)
    assert spend_of(account, NOW).before == 3


def test_a_longer_month_is_compared_with_all_of_the_shorter_one_before(account: BillingAccount) -> None:
    use(account, datetime(2026, 11, 30, 23, tzinfo=UTC), 3)
    use(account, datetime(2026, 12, 1, 0, tzinfo=UTC), 40)
    spend = spend_of(account, datetime(2026, 12, 31, 12, tzinfo=UTC))
    assert (spend.before, spend.month_to_date) == (3, 40)


def test_the_pace_is_of_the_last_fourteen_whole_days(account: BillingAccount) -> None:
    use(account, datetime(2026, 10, 1, tzinfo=UTC), 1)
    use(account, datetime(2026, 11, 5, 23, tzinfo=UTC), 10_000)  # the fifteenth day before
    use(account, datetime(2026, 11, 6, 0, tzinfo=UTC), 140)
    use(account, datetime(2026, 11, 20, 1, tzinfo=UTC), 10_000)  # today
    pace = spend_of(account, NOW).pace
    assert pace
    assert (pace.days, pace.mean) == (14, 10)


def test_days_before_the_first_usage_do_not_slow_the_pace(account: BillingAccount) -> None:
    for day, amount in ((16, 999), (17, 30), (18, 0), (19, 60)):
        use(account, datetime(2026, 11, day, 5, tzinfo=UTC), amount)
    pace = spend_of(account, NOW).pace
    assert pace
    assert (pace.days, pace.mean) == (3, 30)  # the day that it began on is none that is whole


def test_who_began_yesterday_has_no_forecast(account: BillingAccount) -> None:
    use(account, datetime(2026, 11, 19, 5, tzinfo=UTC), 10)
    assert spend_of(account, NOW).forecast is None


def test_what_was_used_before_billing_began_was_not_spent(account: BillingAccount) -> None:
    account.created_at = datetime(2026, 11, 10, 9, 40, tzinfo=UTC)
    project = new_id()
    for hour, amount in ((8, 100), (9, 7), (10, 2)):
        use(account, datetime(2026, 11, 10, hour, tzinfo=UTC), amount, project)
    assert spend_of(account, NOW).month_to_date == 9
    assert spent_by_project(account, NOW) == {project: (None, 9)}


def test_projects_come_by_what_they_cost_this_month(account: BillingAccount) -> None:
    cheap, dear = new_id(), new_id()
    use(account, datetime(2026, 10, 31, tzinfo=UTC), 900, cheap)
    for hour in (1, 2):
        use(account, datetime(2026, 11, 1, hour, tzinfo=UTC), 20, dear)
    use(account, datetime(2026, 11, 1, tzinfo=UTC), 30, cheap)
    use(BillingAccount(pk=new_id()), datetime(2026, 11, 2, tzinfo=UTC), 5, cheap)  # another organization's
    assert list(spent_by_project(account, NOW).items()) == [(dear, (None, 40)), (cheap, (None, 30))]
