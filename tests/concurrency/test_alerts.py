"""Alerts that several workers look for at the same moment: each is told once. Each test names the lock that it proves.

On SQLite every writing transaction takes the one write lock first (IMMEDIATE), which serves as all of them.
"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Organization, Project
from billing.anomalies import warn_of_anomalies
from billing.budget_alerts import warn_of_budgets
from billing.budget_forecasts import warn_of_forecasts
from billing.models import Budget, Period, SpendingAnomaly
from catalog.money import PICO
from notifications.models import Endpoint, OutboxMessage
from tests.billing import test_anomalies, test_budget_forecasts
from tests.support.at_once import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _endpoint(organization: Organization) -> None:
    """Events have no key of their own: what is told once, they go out once for."""
    kinds = ["budget.reached", "budget.forecast", "spending.anomaly"]
    Endpoint.objects.create(organization_id=organization.pk, url="https://a.example", kinds=kinds)


def told() -> list[str]:
    kinds = ("budget-reached", "budget.reached", "budget-forecast", "budget.forecast")
    return sorted(
        OutboxMessage.objects.filter(kind__in=(*kinds, "spending-anomaly", "spending.anomaly")).values_list(
            "kind", flat=True
        )
    )


def test_a_threshold_is_told_once_by_the_budgets_lock(organization: Organization, project: Project) -> None:
    today = timezone.now().date()
    test_budget_forecasts.budget(organization, project.pk, period=Period.DAY, began=today)
    results = at_once(*[warn_of_budgets] * THREADS)
    assert sum(results) == 1
    assert told() == ["budget-reached", "budget.reached"]
    assert Budget.objects.get().told == 15 * PICO


def test_a_forecast_is_told_once_by_the_budgets_lock(organization: Organization, project: Project) -> None:
    test_budget_forecasts.use(organization, [2] * 15, project.pk)
    test_budget_forecasts.budget(organization, project.pk)
    results = at_once(*[lambda: warn_of_forecasts(test_budget_forecasts.NOW)] * THREADS)
    assert sum(results) == 1
    assert told() == ["budget-forecast", "budget.forecast"]
    assert Budget.objects.get().foretold_in == date(2026, 11, 1)


def test_an_anomaly_is_told_once_a_day_by_its_unique_constraint(organization: Organization) -> None:
    test_anomalies.use_weekly(organization)
    test_anomalies.use(organization, test_anomalies.HOUR, 41)
    test_anomalies.use(organization, test_anomalies.HOUR + timedelta(hours=1), 80)
    moments = [test_anomalies.NOW, test_anomalies.NOW + timedelta(hours=1)]
    results = at_once(*[lambda at=at: warn_of_anomalies(at) for at in moments * (THREADS // 2)])
    assert sum(results) == 1
    assert told() == ["spending-anomaly", "spending.anomaly"]
    assert SpendingAnomaly.objects.count() == 1
