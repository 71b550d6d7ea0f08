"""Budgets count what calls cost in their period, whoever is billed, and end what was held of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import Organization, Project
from billing import budgets, holds
from billing.models import Budget, Hold, Period
from billing.purses import Purse, funding_of
from billing.settlement import settle_calls
from catalog.models import Model
from keys.actions import issue_key, rotate_key
from keys.models import Level
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.ids import new_id
from tests.usage.test_recording import call as call_of_then
from usage.calls import Call

pytestmark = pytest.mark.django_db


def call(**changes: Any) -> Call:
    """Return a call of now, so that it is of the present period on each day that this runs."""
    return call_of_then(**{"started_at": timezone.now()} | changes)


COST = 18_500_000  # pico-dollars, of a call as the tests make it


def budget(organization: Organization, level: Level, subject: UUID, period: Period = Period.MONTH) -> Budget:
    return Budget.objects.create(
        subject_id=subject, level=level, organization_id=organization.pk, period=period, hard=10 * COST
    )


def test_a_call_that_a_clock_ahead_has_in_the_next_period_counts(
    organization: Organization, llama: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    clock = type("Clock", (), {"now": staticmethod(lambda: midnight - timedelta(seconds=30))})
    monkeypatch.setattr(budgets, "timezone", clock)
    budget(organization, Level.ORGANIZATION, organization.pk, Period.DAY)
    settle_calls([call(organization_id=organization.pk, started_at=midnight + timedelta(seconds=20))])
    assert Budget.objects.get().spent == COST


def test_a_call_counts_towards_the_budgets_of_its_organization_project_and_key(
    organization: Organization, llama: Model
) -> None:
    project, key, other = new_id(), new_id(), new_id()
    for level, subject in zip(Level, (organization.pk, project, key), strict=True):
        budget(organization, level, subject)
    budget(organization, Level.KEY, other)
    made = call(organization_id=organization.pk, project_id=project, key_id=key)
    settle_calls([made, made])
    settle_calls([made])
    assert {each.pk: each.spent for each in Budget.objects.all()} == {
        organization.pk: COST,
        project: COST,
        key: COST,
        other: 0,
    }


def test_settling_ends_what_was_held_of_a_budget_also_where_nobody_is_billed(
    organization: Organization, llama: Model
) -> None:
    key, hold_id = new_id(), new_id()
    budget(organization, Level.KEY, key)
    holds.hold(hold_id, Purse(organization.pk, key), 3 * COST)
    settle_calls([call(organization_id=organization.pk, key_id=key, holds=(hold_id,), held=2 * COST)])
    left = Budget.objects.get()
    assert (left.held, left.spent, Hold.objects.get().amount) == (COST, COST, COST)
    holds.sweep(timezone.now() + holds.LIFETIME)
    left.refresh_from_db()
    assert (left.held, Hold.objects.count()) == (0, 0)


def test_what_comes_late_from_an_earlier_period_was_of_that_one(organization: Organization, llama: Model) -> None:
    key = new_id()
    budget(organization, Level.KEY, key, Period.DAY)
    then = timezone.now() - timedelta(days=1)
    settle_calls([call(organization_id=organization.pk, key_id=key, started_at=then)])
    assert Budget.objects.get().spent == 0
    Budget.objects.update(spent=5, began=then.date())
    settle_calls([call(organization_id=organization.pk, key_id=key, started_at=timezone.now())])
    assert (Budget.objects.get().spent, Budget.objects.get().began) == (COST, timezone.now().date())


def test_both_secrets_of_a_rotation_count_towards_one_budget(project: Project, llama: Model) -> None:
    former, _ = issue_key(Actor.operator(), project=project, name="ci")
    organization = project.organization
    budget(organization, Level.KEY, former.pk)
    successor, secret = rotate_key(Actor.operator(), former, overlap=timedelta(hours=1))
    for key in (former, successor):
        made = call(organization_id=organization.pk, project_id=project.pk, key_id=key.pk)
        settle_calls([made])
        settle_calls([made])
    assert Budget.objects.get().spent == 2 * COST
    caller = find_caller(secret)
    assert caller
    (purse,) = funding_of(organization.pk, project.pk, caller.subject_id).purses
    assert purse.budget_id == former.pk
