"""Limits and budgets: of an organization, a project or a key, for all models or one; counted from the beginning."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organization, Project
from billing.actions.budgets import NO_PLAN, Plan, set_budget
from billing.errors import BillingError
from billing.models import Budget, Hold
from catalog.money import PICO
from keys.actions import issue_key, rotate_key, set_limits
from keys.actions.limiting import NO_CEILING, Ceiling
from keys.models import Limits
from keys.subjects import of_key, of_organization, of_project
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import AuditEvent
from tests.catalog.conftest import served
from tests.keys.conftest import OPERATOR
from usage.models import HourlyUsage

pytestmark = pytest.mark.django_db
BASE = "/o/llamas-of-lisbon/"
ORGANIZATION, PROJECT = f"{BASE}limits/organization/", f"{BASE}projects/default/limits/"


def _used(project: Project, key_id: Any, amount: int, **hour: int) -> None:
    numbers = dict.fromkeys(("prompt_tokens", "cached_tokens", "completion_tokens", "latency_ms"), 0)
    HourlyUsage.objects.create(
        organization_id=project.organization_id,
        project_id=project.pk,
        key_id=key_id,
        status=2,
        start=timezone.now().replace(minute=0, second=0, microsecond=0, **hour),
        model="Llama",
        requests=1,
        amount=amount,
        **numbers,
    )


def test_limits_of_three_levels_meet_a_call_and_each_change_is_recorded(
    organization: Organization, project: Project
) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    assert set_limits(OPERATOR, of_organization(organization), Ceiling(1000))
    assert set_limits(OPERATOR, of_project(project), Ceiling(100), model="Llama")
    assert set_limits(OPERATOR, of_key(key), Ceiling(10, concurrent=2))
    assert not set_limits(OPERATOR, of_key(key), Ceiling(10, concurrent=2))
    caller = find_caller(secret)
    assert caller
    assert [(rule.level, rule.model, rule.requests_per_minute) for rule in caller.rules] == [
        ("organization", "", 1000),
        ("project", "Llama", 100),
        ("key", "", 10),
    ]
    assert set_limits(OPERATOR, of_key(key), NO_CEILING)
    assert Limits.objects.count() == 2
    events = AuditEvent.objects.filter(action="limits:set", target=str(key.pk)).order_by("pk")
    assert [event.payload["after_concurrent"] for event in events] == [2, None]


def test_a_budget_counts_what_its_period_cost_before_it_was_set(project: Project) -> None:
    key, _ = issue_key(OPERATOR, project=project, name="ci")
    other, _ = issue_key(OPERATOR, project=project, name="other")
    _used(project, key.pk, 3)
    _used(project, other.pk, 4)
    assert set_budget(OPERATOR, of_key(key), Plan("month", hard=PICO))
    assert set_budget(OPERATOR, of_project(project), Plan("day", soft=PICO))
    spent = {budget.level: budget.spent for budget in Budget.objects.all()}
    assert spent == {"key": 3, "project": 7}


def test_to_remove_a_budget_and_set_it_again_resets_nothing(project: Project) -> None:
    key, _ = issue_key(OPERATOR, project=project, name="ci")
    _used(project, key.pk, 3)
    plan = Plan("month", hard=PICO)
    set_budget(OPERATOR, of_key(key), plan)
    Hold.objects.create(
        id=new_id(), organization_id=project.organization_id, budget_id=key.pk, amount=5, expires_at=timezone.now()
    )
    assert not set_budget(OPERATOR, of_key(key), plan)
    assert set_budget(OPERATOR, of_key(key), NO_PLAN)
    assert not set_budget(OPERATOR, of_key(key), NO_PLAN)
    successor, _ = rotate_key(OPERATOR, key, overlap=timedelta(0))
    _used(project, successor.pk, 2)
    set_budget(OPERATOR, of_key(successor), plan)
    budget = Budget.objects.get()
    assert (budget.pk, budget.spent, budget.held) == (key.pk, 5, 5)


def test_another_sum_keeps_the_counter_and_another_period_counts_anew(project: Project) -> None:
    key, _ = issue_key(OPERATOR, project=project, name="ci")
    set_budget(OPERATOR, of_key(key), Plan("month", hard=PICO))
    Budget.objects.update(spent=9, held=2)
    set_budget(OPERATOR, of_key(key), Plan("month", hard=2 * PICO))
    assert (Budget.objects.get().spent, Budget.objects.get().held) == (9, 2)
    _used(project, key.pk, 4)
    set_budget(OPERATOR, of_key(key), Plan("day", hard=2 * PICO))
    budget = Budget.objects.get()
    assert (budget.spent, budget.held, budget.began) == (4, 2, timezone.now().date())


@pytest.mark.parametrize("plan", [Plan("month", hard=0), Plan("month", hard=1, soft=2), Plan("day", soft=10**19)])
def test_what_is_no_budget_is_refused(project: Project, plan: Plan) -> None:
    with pytest.raises(BillingError):
        set_budget(OPERATOR, of_project(project), plan)


@pytest.mark.parametrize("url", [ORGANIZATION, PROJECT])
def test_an_admin_sets_limits_and_a_budget_for_all_models_and_limits_for_one(
    as_owner: Client, project: Project, url: str
) -> None:
    model = served().name
    body = {"requests_per_minute": "50", "period": "month", "hard": "100", "soft": "80"}
    assert as_owner.get(url).status_code == 200
    assert as_owner.post(url, body).status_code == 302
    assert as_owner.post(url, {"model": model, "tokens_per_minute": "9"}).headers["Location"] == f"{url}?model={model}"
    rows = {row.model: (row.requests_per_minute, row.tokens_per_minute) for row in Limits.objects.all()}
    assert rows == {"": (50, None), model: (None, 9)}
    assert Budget.objects.get().hard == 100 * PICO
    page = as_owner.get(url)
    assert model in page.content.decode()
    assert page.context["form"]["hard"].value() == "100"
    assert as_owner.get(url, {"model": model}).context["form"]["tokens_per_minute"].value() == 9
    assert as_owner.post(url, {"model": "nothing", "requests_per_minute": "1"}).status_code == 422
    assert as_owner.post(url, {"requests_per_minute": "x"}).status_code == 422
    assert as_owner.post(url, {"requests_per_minute": ""}).status_code == 302
    assert not Limits.objects.filter(model="").exists()
    assert not Budget.objects.exists()


def test_lower_roles_and_outsiders_set_none(as_member: Client, as_outsider: Client, project: Project) -> None:
    for url in (ORGANIZATION, PROJECT):
        body = {"requests_per_minute": "1"}
        assert as_member.get(url).status_code == as_member.post(url, body).status_code == 403
        assert as_outsider.get(url).status_code == as_outsider.post(url, body).status_code == 404
    assert as_outsider.post("/o/outsiders/projects/missing/limits/", {"requests_per_minute": "1"}).status_code == 404
    assert not Limits.objects.exists()


def test_who_sets_limits_stands_in_the_log(as_owner: Client, project: Project) -> None:
    as_owner.post(PROJECT, {"requests_per_minute": "50"})
    event = AuditEvent.objects.get(action="limits:set")
    assert Actor.parse(event.actor).kind == "user"
    assert event.payload["level"] == "project"
    assert event.target == str(project.pk)
