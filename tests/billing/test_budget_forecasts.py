"""A budget of a month that most likely will not last is told once a month, and shows when it is used up."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization, Project, User
from billing import anomalies, budget_forecasts, budget_notices
from billing.actions.budgets import Plan, set_budget
from billing.budget_forecasts import outlooks, warn_of_forecasts
from billing.models import Budget, Period
from billing.tasks import watch_spending
from catalog.money import PICO
from keys.actions import issue_key, rotate_key
from keys.models import Level
from keys.subjects import of_project
from ledger.actor import Actor
from ledger.ids import new_id
from notifications.models import Channel, Endpoint, OutboxMessage
from tests.support.outbox import send_all
from usage.models import DailyTotal, DailyUsage

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, tzinfo=UTC)  # fifteen whole days of the month are left
_NOTHING = dict.fromkeys(("requests", "prompt_tokens", "cached_tokens", "completion_tokens", "latency_ms"), 0)


def use(organization: Organization, amounts: list[int], project: UUID, key: UUID | None = None) -> None:
    """Note what the days before cost, in dollars, yesterday first, in the rollups alone."""
    for back, amount in enumerate(amounts, 1):
        place: dict[str, Any] = {
            "organization_id": organization.pk,
            "project_id": project,
            "model": "llama",
            "status": 2,
        }
        row = place | {"start": NOW - timedelta(days=back), "amount": amount * PICO} | _NOTHING
        DailyTotal.objects.create(**row)
        DailyUsage.objects.create(**row, key_id=key or new_id())


def budget(organization: Organization, subject: UUID, level: Level = Level.PROJECT, **terms: Any) -> Budget:
    terms = {"period": Period.MONTH, "hard": 30 * PICO, "spent": 20 * PICO, "began": date(2026, 11, 1)} | terms
    return Budget.objects.create(subject_id=subject, level=level, organization_id=organization.pk, **terms)


def told() -> int:
    return OutboxMessage.objects.filter(kind="budget-forecast", channel="email").count()


def test_the_day_is_when_what_is_left_is_spent_at_the_mean_of_the_last_whole_days(
    organization: Organization, project: Project
) -> None:
    use(organization, [2] * 15, project.pk)
    (found,) = outlooks([budget(organization, project.pk)], NOW).values()
    assert (found.on, found.forecast.amount, found.days) == (NOW + timedelta(days=5), 50 * PICO, 14)
    assert found.is_sure


def test_it_is_told_once_a_month(organization: Organization, project: Project) -> None:
    endpoint = Endpoint.objects.create(
        organization_id=organization.pk, url="https://a.example", kinds=["budget.forecast"]
    )
    use(organization, [2] * 15, project.pk)
    budget(organization, project.pk)
    assert [warn_of_forecasts(NOW), warn_of_forecasts(NOW), told()] == [1, 0, 1]
    (event,) = OutboxMessage.objects.filter(channel=Channel.WEBHOOK)
    assert (event.kind, event.recipient_id, event.subject_id) == ("budget.forecast", endpoint.pk, project.pk)
    Budget.objects.update(foretold_in=date(2026, 10, 1))
    assert (warn_of_forecasts(NOW), told()) == (1, 2)


def test_whose_days_are_more_than_can_be_summed_keeps_nobody_from_hearing_of_theirs(
    organization: Organization, project: Project, outsider: User
) -> None:
    other = Organization.objects.get(memberships__user=outsider)
    for _ in range(3):
        model = str(new_id())
        place = {"organization_id": other.pk, "project_id": other.pk, "model": model, "status": 2}
        DailyTotal.objects.create(**place, start=NOW - timedelta(days=1), amount=4_000_000 * PICO, **_NOTHING)
    budget(other, other.pk, Level.ORGANIZATION)
    use(organization, [2] * 15, project.pk)
    budget(organization, project.pk)
    assert (warn_of_forecasts(NOW), told()) == (1, 1)


@pytest.mark.parametrize(
    ("amounts", "why"),
    [
        ([], "nothing was spent"),
        ([2] * 7, "seven days are six whole ones"),
        ([0] * 13 + [2] * 2, "it lasts"),
        ([28] + [0] * 14, "one day of many, and the low end of the range is below the budget"),
    ],
    ids=["nothing", "few", "lasts", "unsure"],
)
def test_nobody_is_told_of_a_forecast_that_is_not_sound(
    organization: Organization, project: Project, amounts: list[int], why: str
) -> None:
    use(organization, amounts, project.pk)
    budget(organization, project.pk)
    assert warn_of_forecasts(NOW) == 0, why


def test_a_budget_that_is_passed_or_of_a_day_or_that_counted_nothing_has_no_forecast(
    organization: Organization, project: Project
) -> None:
    use(organization, [2] * 15, project.pk)
    found = budget(organization, project.pk, spent=30 * PICO)
    assert (warn_of_forecasts(NOW), outlooks([found], NOW)) == (0, {})
    Budget.objects.update(spent=PICO, began=date(2026, 10, 1))
    assert warn_of_forecasts(NOW) == 0
    Budget.objects.update(period=Period.DAY, began=NOW.date())
    assert (warn_of_forecasts(NOW), outlooks(Budget.objects.all(), NOW)) == (0, {})


def test_a_budget_that_only_warns_has_a_forecast_too(organization: Organization, project: Project) -> None:
    use(organization, [2] * 15, project.pk)
    budget(organization, project.pk, hard=None, soft=30 * PICO)
    assert warn_of_forecasts(NOW) == 1


def test_each_budget_goes_by_the_days_of_what_it_is_of_in_three_queries(
    organization: Organization, project: Project
) -> None:
    former, _ = issue_key(Actor.operator(), project=project, name="ci")
    successor, _ = rotate_key(Actor.operator(), former, overlap=timedelta(hours=1))
    use(organization, [1] * 15, project.pk, former.pk)
    use(organization, [2] * 15, new_id(), successor.pk)
    subjects = ((organization.pk, Level.ORGANIZATION), (project.pk, Level.PROJECT), (former.pk, Level.KEY))
    budgets = [budget(organization, subject, level) for subject, level in subjects]
    with CaptureQueriesContext(connection) as queries:
        found = outlooks(budgets, NOW)
    assert len(queries) == 3
    assert [found[each.pk].forecast.amount // PICO for each in budgets] == [65, 35, 65]


def test_the_letter_says_the_day_and_its_method_and_nothing_once_the_budget_was_raised(
    organization: Organization, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(organization, [2] * 15, project.pk)
    budget(organization, project.pk)
    monkeypatch.setattr(budget_notices, "timezone", SimpleNamespace(now=lambda: NOW))
    warn_of_forecasts(NOW)
    send_all()
    (letter,) = mail.outbox
    assert "likely used up on November 21, 2026" in letter.subject
    assert "the mean of the last 14 whole days" in letter.body
    assert "$50.00" in letter.body
    mail.outbox.clear()
    Budget.objects.update(foretold_in=None)
    warn_of_forecasts(NOW)
    Budget.objects.update(hard=90 * PICO)
    send_all()
    assert mail.outbox == []


def test_another_sum_is_told_of_anew_and_the_worker_looks_for_both(
    organization: Organization, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(organization, [2] * 15, project.pk)
    budget(organization, project.pk, foretold_in=date(2026, 11, 1))
    set_budget(Actor.operator(), of_project(project), Plan(Period.MONTH, hard=31 * PICO))
    looked = []
    monkeypatch.setattr(anomalies, "warn_of_anomalies", lambda: looked.append("anomalies"))
    monkeypatch.setattr(budget_forecasts, "warn_of_forecasts", lambda: looked.append("forecasts"))
    watch_spending()
    assert sorted(looked) == ["anomalies", "forecasts"]
    assert warn_of_forecasts(NOW) == 1
