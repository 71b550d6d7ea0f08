"""Why was I blocked? Each refusal with its rule, its counter and what to do, for who may see it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import add_member, create_project
from accounts.models import Organization, Project, Role, User
from catalog.money import PICO
from keys.actions import issue_key
from keys.models import Refusal, Turn
from keys.refusal_rules import RULES, rule_of
from keys.refusals import Refused, add_refusals, purge
from ledger.actor import Actor
from ledger.ids import new_id
from tests.conftest import _signed_in, person
from tests.limits.test_overview import text
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db
PAGE = "/o/llamas-of-lisbon/blocked/"
DRY_RUN = f"{PAGE}dry-run/"
REQUESTS = "key.requests_per_minute"


def refused(project: Project, rule: str = REQUESTS, **more: Any) -> Refused:
    given: dict[str, Any] = {"at": timezone.now(), "request_id": new_id(), "key_id": new_id(), "limit": 600}
    given |= {"counter": 600, "model": "llama"}
    return Refused(organization_id=project.organization_id, project_id=project.pk, rule=rule, **{**given, **more})


def note(project: Project, rule: str = REQUESTS, **more: Any) -> Refused:
    one = refused(project, rule, **more)
    add_refusals([one])
    return one


@pytest.fixture
def foreign(outsider: User) -> Project:
    return Organization.objects.get(slug="outsiders").projects.get()


# Counting -------------------------------------------------------------------------------------


def test_a_minute_has_one_row_a_key_rule_and_model_that_tells_of_the_last(project: Project) -> None:
    at, key = datetime(2026, 11, 18, 12, 0, 5, tzinfo=UTC), new_id()
    first = refused(project, at=at, key_id=key, counter=600)
    last = refused(project, at=at + timedelta(seconds=9), key_id=key, counter=601, resets_at=at + timedelta(minutes=1))
    late = refused(project, at=at - timedelta(seconds=1), key_id=key, counter=1, count=5)
    add_refusals([first, last])
    add_refusals([late])
    row = Refusal.objects.get()
    assert (row.count, row.counter, row.last_at, row.last_request_id) == (7, 601, last.at, last.request_id)
    assert (row.minute, row.resets_at) == (at.replace(second=0), last.resets_at)
    add_refusals(
        [
            refused(project, at=at, key_id=key, model="other"),
            refused(project, "key.concurrent", at=at, key_id=key),
            refused(project, at=at + timedelta(minutes=1), key_id=key),
            refused(project, at=at),
        ]
    )
    assert Refusal.objects.count() == 5


def test_sums_of_money_fit(project: Project) -> None:
    note(project, "organization.budget", limit=9 * 10**18, counter=-1)
    assert (Refusal.objects.get().limit, Refusal.objects.get().counter) == (9 * 10**18, -1)


def test_after_a_week_refusals_are_forgotten(project: Project, owner: User) -> None:
    now = timezone.now()
    note(project, at=now - timedelta(days=7, minutes=2))
    kept = note(project, at=now - timedelta(days=6, hours=23))
    Turn.objects.create(user_id=owner.pk, holder=new_id(), until=now - timedelta(days=2))
    assert purge(now) == 1
    assert Refusal.objects.get().last_request_id == kept.request_id
    assert not Turn.objects.exists()


def test_every_rule_says_what_it_means_and_what_to_do() -> None:
    levels = ("organization", "project", "key")
    limits = ("requests_per_minute", "tokens_per_minute", "concurrent", "budget")
    named = {"organization.credit", "organization.spend_cap", "organization.credit_limit", "organization.suspended"}
    named |= {"key.models", "key.networks", "key.scopes", "key.expired", "organization.data_policy"}
    assert set(RULES) == {f"{level}.{limit}" for level in levels for limit in limits} | named
    assert all(str(rule.title) and str(rule.meaning) and str(rule.advice) for rule in RULES.values())
    assert rule_of("moon.phase").name == "moon.phase"


# The page -------------------------------------------------------------------------------------


def test_rules_stand_with_count_counter_and_what_to_do(as_owner: Client, project: Project) -> None:
    note(project, limit=600, counter=600, resets_at=timezone.now() + timedelta(hours=2), count=3)
    note(project, limit=600, counter=600, count=2)
    note(project, "organization.credit", limit=PICO // 2, counter=PICO // 4)
    note(project, "key.networks", limit=None, counter=None)
    note(project, "project.concurrent")
    page = text(as_owner, PAGE)
    assert "Requests a minute of the key key.requests_per_minute" in page
    assert "Refused 5 2 keys" in page
    assert "600 of 600" in page
    assert "$0.25 of $0.50" in page
    assert "not by itself" in page
    assert "when a call ends" in page
    assert "Add credit" in page
    assert "See the limits" in page


def test_without_refusals_the_page_says_so(as_owner: Client) -> None:
    assert "Nothing was refused" in text(as_owner, PAGE)


def test_a_request_is_explained_by_its_number(as_owner: Client, project: Project) -> None:
    key, _ = issue_key(Actor.operator(), project=project, name="ci")
    one = note(project, key_id=key.pk, counter=599)
    note(project, "key.models", key_id=key.pk)
    page = text(as_owner, f"{PAGE}?request={one.request_id}")
    own = page.split("Rules that refused")[0]
    assert "More requests came within a minute" in own
    assert "599 of 600" in own
    assert str(one.request_id) in own


def test_one_that_is_not_the_last_of_its_minute_is_explained_by_what_was_refused_then(
    as_owner: Client, project: Project
) -> None:
    request = new_id()
    at = datetime.fromtimestamp((request.int >> 80) / 1000, UTC)
    note(project, at=at.replace(second=59, microsecond=0), count=40)
    page = text(as_owner, f"{PAGE}?request={request}")
    assert "Refused in the minute of this request" in page
    assert "40 ×" in page


@pytest.mark.parametrize("asked", ["nonsense", str(UUID(int=0)), "ffffffff-ffff-7fff-bfff-ffffffffffff", "' OR 1=1"])
def test_what_is_no_known_request_is_said_to_be_unknown(as_owner: Client, asked: str) -> None:
    assert "No refusal of this request is known" in text(as_owner, f"{PAGE}?request={asked}")


def test_a_rule_shows_its_minutes_a_page_at_a_time(as_owner: Client, project: Project) -> None:
    key, _ = issue_key(Actor.operator(), project=project, name="ci-runner")
    now = timezone.now()
    add_refusals(refused(project, key_id=key.pk, at=now - timedelta(minutes=n)) for n in range(60))
    page = text(as_owner, f"{PAGE}?rule={REQUESTS}")
    assert page.count("ci-runner") == 50
    assert text(as_owner, f"{PAGE}?rule={REQUESTS}&page=2").count("ci-runner") == 10
    assert "It refused nothing" in text(as_owner, f"{PAGE}?rule=moon.phase")


def test_another_organizations_refusals_are_as_if_there_were_none(as_owner: Client, foreign: Project) -> None:
    one = note(foreign)
    assert "Nothing was refused" in text(as_owner, PAGE)
    page = text(as_owner, f"{PAGE}?request={one.request_id}")
    nothing = text(as_owner, f"{PAGE}?request={new_id()}")
    assert page == nothing
    assert "No refusal of this request is known" in page


def test_outsiders_find_nothing_and_members_of_every_role_the_page(
    as_outsider: Client, as_member: Client, project: Project
) -> None:
    note(project)
    assert as_outsider.get(PAGE).status_code == as_outsider.get(DRY_RUN).status_code == 404
    assert "Requests a minute of the key" in text(as_member, PAGE)


def test_who_sees_no_billing_sees_no_sums_of_the_organizations_money(as_member: Client, project: Project) -> None:
    one = note(project, "organization.credit", limit=PICO, counter=PICO // 4)
    note(project, "key.budget", limit=3 * PICO, counter=PICO)
    for url in (PAGE, f"{PAGE}?request={one.request_id}", f"{PAGE}?rule=organization.credit"):
        assert "$0.25" not in text(as_member, url)
    page = text(as_member, PAGE)
    assert "$1.00 of $3.00" in page
    assert "Add credit" not in page.replace("Add credit, or ask", "")


def test_a_limited_member_sees_their_projects_refusals_alone(organization: Organization, owner: User) -> None:
    mine = create_project(Actor.user(owner.pk), organization=organization, name="Mine")
    theirs = create_project(Actor.user(owner.pk), organization=organization, name="Theirs")
    user = person("dev@example.com")
    add_member(
        Actor.operator(), organization=organization, user=user, role=Role.VIEWER, projects={mine.pk: Role.VIEWER}
    )
    client = _signed_in(user)
    hidden = note(theirs, "project.concurrent")
    note(mine, "key.concurrent")
    page = text(client, PAGE)
    assert "key.concurrent" in page
    assert "project.concurrent" not in page
    assert "project.concurrent" not in text(client, f"{PAGE}?request={hidden.request_id}")


def test_the_page_takes_as_many_queries_for_many_refusals(as_owner: Client, project: Project) -> None:
    def number(query: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            as_owner.get(PAGE + query)
        return len(queries)

    note(project)
    few, of_rule = number(""), number(f"?rule={REQUESTS}")
    add_refusals(refused(project, rule) for rule in RULES if not rule.startswith("key.") for _ in range(20))
    add_refusals(refused(project) for _ in range(20))
    assert number("") == few
    assert number(f"?rule={REQUESTS}") == of_rule


# The dry run ----------------------------------------------------------------------------------


def calls(project: Project, number: int, **more: Any) -> None:
    started = timezone.now() - timedelta(hours=5)
    given: dict[str, Any] = {
        "organization_id": project.organization_id, "project_id": project.pk, "key_id": new_id(), "model": "llama",
        "started_at": started, "status": 200, "outcome": "completed", "prompt_tokens": 8, "cached_tokens": 0,
        "completion_tokens": 2, "estimated": False, "latency_ms": 1, "amount": PICO, "price_version": 1,
    }  # fmt: skip
    UsageEvent.objects.bulk_create(UsageEvent(id=new_id(), **{**given, **more}) for _ in range(number))


def trial(client: Client, **query: str) -> Any:
    return client.get(DRY_RUN, {"subject": "organization", "tried": "requests_per_minute", "limit": "10", **query})


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split("<main")[1].split())


def test_a_dry_run_says_how_many_calls_would_have_been_refused_and_when_most(
    as_owner: Client, project: Project
) -> None:
    calls(project, 12)
    page = said(trial(as_owner))
    assert "2 of 12 calls would have been refused, 16.67%" in page
    assert "Most of them, 2, in the hour from" in page
    assert "None of 12 calls" in said(trial(as_owner, limit="12"))
    assert "3 of 12 calls" in said(trial(as_owner, tried="budget_day", limit="9.50"))
    assert "2 of 12 calls" in said(trial(as_owner, tried="tokens_per_minute", limit="100"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": "0"},
        {"limit": "many"},
        {"limit": "1.5"},
        {"limit": ""},
        {"tried": "moon"},
        {"subject": "x"},
        {"tried": "budget_day", "limit": "1.234"},
        {"tried": "budget_day", "model": "llama"},
        {"model": "missing"},
    ],
)
def test_a_trial_that_makes_no_sense_says_so(as_owner: Client, project: Project, wrong: dict[str, str]) -> None:
    from catalog.models import Model

    Model.objects.create(name="llama", title="Llama", upstream_name="llama")
    answer = trial(as_owner, **wrong)
    assert answer.status_code == 422
    assert "would have been refused" not in said(answer)


def test_a_project_and_a_key_are_tried_by_themselves(as_owner: Client, project: Project, owner: User) -> None:
    other = create_project(Actor.user(owner.pk), organization=project.organization, name="Other")
    key, _ = issue_key(Actor.operator(), project=project, name="ci")
    calls(project, 11, key_id=key.pk)
    calls(other, 1)
    assert "2 of 12 calls" in said(trial(as_owner))
    assert "1 of 11 calls" in said(trial(as_owner, subject=f"project:{project.slug}"))
    assert "None of 1 calls" in said(trial(as_owner, subject="project:other"))
    assert "1 of 11 calls" in said(trial(as_owner, subject=f"key:{key.pk}"))


def test_foreign_and_unseen_subjects_are_no_choice(
    as_owner: Client, foreign: Project, organization: Organization, owner: User
) -> None:
    theirs, _ = issue_key(Actor.operator(), project=foreign, name="x")
    assert trial(as_owner, subject=f"key:{theirs.pk}").status_code == 422
    assert trial(as_owner, subject=f"key:{new_id()}").status_code == 422
    mine = create_project(Actor.user(owner.pk), organization=organization, name="Mine")
    user = person("dev@example.com")
    add_member(
        Actor.operator(), organization=organization, user=user, role=Role.VIEWER, projects={mine.pk: Role.VIEWER}
    )
    client = _signed_in(user)
    assert trial(client, subject="project:mine").status_code == 200
    assert trial(client, subject="organization").status_code == 422
    assert trial(client, subject="project:default").status_code == 422


def test_a_dry_run_takes_one_query_of_events(as_owner: Client, project: Project) -> None:
    calls(project, 5)
    with CaptureQueriesContext(connection) as queries:
        trial(as_owner)
    assert sum("usage_usageevent" in query["sql"] for query in queries) == 1
