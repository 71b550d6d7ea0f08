"""The usage page: one's own organization, exact numbers, few queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import add_member
from accounts.models import Organization, Project, Role
from billing.actions.budgets import Plan, set_budget
from billing.actions.terms import set_cap, set_terms
from billing.models import Mode, Period
from catalog.models import Model
from catalog.money import PICO
from keys.models import ApiKey
from keys.subjects import of_organization, of_project
from ledger.actor import Actor
from tests.conftest import _signed_in, person
from tests.usage.support import URL, record
from tests.usage.test_recording import llama  # noqa: F401  fixture
from usage.measures import MEASURES
from usage.queries import Group

pytestmark = pytest.mark.django_db
GROUPS = [group.value for group in Group]


def test_it_shows_the_exact_tokens(as_owner: Client, project: Project, key: ApiKey) -> None:
    record(project, key)
    page = as_owner.get(URL).content.decode()
    assert "1,234" in page
    assert "567" in page


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("metric", list(MEASURES))
def test_every_metric_works_in_every_group_compared_and_as_a_file(
    as_member: Client, project: Project, key: ApiKey, group: str, metric: str
) -> None:
    record(project, key, first_token_ms=40)
    none = {"errors", "spend", "tokens-cached"}
    for period in ("24h", "7d", "30d", "90d", "12m"):
        asked = {"group": group, "range": period, "metric": metric, "compare": "1"}
        page = as_member.get(URL, asked)
        assert page.status_code == 200
        assert metric in none or page.context["chart"].columns[-1].total not in {"0", "–"}
        assert as_member.get(URL + "usage.csv", asked).status_code == 200


def test_an_empty_organization_gets_a_page_that_helps(as_owner: Client) -> None:
    assert "curl" in as_owner.get(URL).content.decode()


def test_an_outsider_finds_nothing_here(as_outsider: Client, organization: Organization) -> None:
    for path in (URL, URL + "usage.csv"):
        assert as_outsider.get(path).status_code == 404
    assert as_outsider.get("/o/outsiders/usage/").status_code == 200


def test_a_foreign_project_is_like_a_missing_one(as_outsider: Client, organization: Organization) -> None:
    organization.projects.create(name="Secret", slug="secret")
    assert as_outsider.get("/o/outsiders/usage/?project=secret").status_code == 404


def test_a_visitor_is_asked_to_sign_in(client: Client, organization: Organization) -> None:
    assert client.get(URL)["Location"].startswith("/sign-in/?next=")


def test_the_csv_holds_what_the_page_shows_and_no_formulas(as_owner: Client, project: Project, key: ApiKey) -> None:
    record(project, key, 2)
    answer = as_owner.get(URL + "usage.csv", {"group": "key"})
    lines = answer.content.decode().splitlines()
    assert lines[0].startswith("bucket_start_utc,group_id,group_name,requests")
    assert "'=cmd|" in lines[1]
    assert ",2,0,2468,0,1134,0.00" in lines[1]


def test_the_refresh_answers_204_until_something_changed(as_owner: Client, project: Project, key: ApiKey) -> None:
    version = as_owner.get(URL).context["version"]
    assert as_owner.get(URL, {"version": version}).status_code == 204
    record(project, key)
    assert as_owner.get(URL, {"version": version}).status_code == 200


def test_usage_of_a_deleted_key_stays(as_owner: Client, project: Project, key: ApiKey) -> None:
    record(project, key)
    key.delete()
    assert "Deleted" in as_owner.get(URL, {"group": "key"}).content.decode()


def test_queries_do_not_grow_with_rows(
    as_owner: Client, project: Project, key: ApiKey, django_assert_max_num_queries: Any
) -> None:
    for hour in range(30):
        record(project, key, started_at=timezone.now() - timedelta(hours=hour), model=f"model-{hour}")
    as_owner.get(URL)
    for asked, most in (
        ({}, 8),
        ({"compare": "1"}, 8),
        ({"range": "12m"}, 8),
        ({"metric": "latency-p95"}, 8),
        ({"group": "key", "range": "24h"}, 8),
        ({"group": "status"}, 8),
        ({"group": "project"}, 8),
        ({"group": "member", "metric": "requests"}, 10),
    ):
        with django_assert_max_num_queries(most):
            as_owner.get(URL, asked)


def test_what_has_no_series_of_its_own_is_in_other_and_in_the_file_by_itself(
    as_owner: Client, project: Project, key: ApiKey
) -> None:
    for number in range(9):
        record(project, key, 10 - number, model=f"model-{number}")
    page = as_owner.get(URL, {"metric": "requests"})
    names = [row.name for row, _url in page.context["rows"]]
    assert names[-1] == "Other"
    assert len(names) == 7
    assert page.context["rows"][-1][0].requests == "9"
    assert "model-8" in as_owner.get(URL + "usage.csv", {"metric": "requests"}).content.decode()


def test_a_hidden_series_is_neither_in_chart_table_total_nor_file(
    as_owner: Client, project: Project, key: ApiKey
) -> None:
    record(project, key, 3, model="one")
    record(project, key, 2, model="two")
    asked = {"metric": "requests", "hide": "one"}
    page = as_owner.get(URL, asked)
    assert page.context["chart"].total == "2"
    assert [row.name for row, _url in page.context["rows"]] == ["two"]
    assert page.context["totals"].requests == "2"
    assert [each["shown"] for each in page.context["legend"]] == [False, True]
    assert "hide=one" not in page.context["legend"][0]["url"]
    lines = as_owner.get(URL + "usage.csv", asked).content.decode().splitlines()
    assert len(lines) == 2
    assert ",two," in lines[1]


def test_the_address_of_each_choice_holds_the_whole_state(as_owner: Client, project: Project, key: ApiKey) -> None:
    record(project, key)
    asked = f"metric=requests&group=key&project={project.slug}&status=2xx&compare=1&range=7d&step=hour"
    page = as_owner.get(f"{URL}?{asked}")
    wanted = set(asked.split("&")) - {"range=7d", "step=hour"}
    assert all(wanted <= set(each["url"].split("?")[1].split("&")) for each in page.context["ranges"])
    assert set(asked.split("&")) == set(page.context["export_url"].split("?")[1].split("&"))


def test_unknown_choices_fall_back(as_owner: Client, project: Project, key: ApiKey) -> None:
    record(project, key)
    asked = {"range": "x", "metric": "y", "group": "z", "step": "w", "status": "9xx", "compare": "no", "hide": "who"}
    page = as_owner.get(URL, asked)
    assert page.context["selection"].query() == "range=30d&metric=spend&group=model&hide=who"
    assert page.context["totals"].requests == "1"


def test_budgets_are_lines_where_their_period_is_the_step(
    as_owner: Client,
    project: Project,
    key: ApiKey,
    llama: Model,  # noqa: F811
) -> None:
    record(project, key, 50, model=llama.name)
    actor = Actor.operator()
    set_budget(actor, of_organization(project.organization), Plan(Period.DAY, hard=PICO // 10, soft=None))
    set_budget(actor, of_project(project), Plan(Period.MONTH, hard=None, soft=PICO))

    def labels(**asked: str) -> list[str]:
        return [mark.label for mark in as_owner.get(URL, asked).context["chart"].marks]

    assert labels() == ["Budget $0.10 a day"]
    assert labels(range="12m") == []
    assert labels(range="12m", project=project.slug) == ["Budget $1.00 a month"]
    assert labels(metric="requests") == labels(status="2xx") == labels(model=llama.name) == labels(range="24h") == []


def test_the_cap_of_a_month_is_a_line_for_who_sees_billing(
    as_owner: Client,
    as_member: Client,
    project: Project,
    key: ApiKey,
    llama: Model,  # noqa: F811
) -> None:
    record(project, key, 50, model=llama.name)
    subject, actor = of_organization(project.organization), Actor.operator()
    set_terms(actor, project.organization_id, mode=Mode.PREPAID)
    set_cap(actor, project.organization_id, PICO // 10)
    set_budget(actor, subject, Plan(Period.MONTH, hard=None, soft=PICO // 20))

    def lines(client: Client) -> list[str]:
        return sorted(mark.label for mark in client.get(URL, {"range": "12m"}).context["chart"].marks)

    assert lines(as_owner) == ["Budget $0.05 a month", "Cap $0.10 a month"]
    assert lines(as_member) == ["Budget $0.05 a month"]


def test_a_budget_far_above_all_else_is_named_and_not_drawn(
    as_owner: Client,
    project: Project,
    key: ApiKey,
    llama: Model,  # noqa: F811
) -> None:
    record(project, key, model=llama.name)
    set_budget(Actor.operator(), of_organization(project.organization), Plan(Period.DAY, hard=900 * PICO, soft=None))
    page = as_owner.get(URL)
    assert [mark.y for mark in page.context["chart"].marks] == [""]
    assert "above the chart" in page.content.decode()


def test_who_sees_some_projects_alone_sees_no_budget_of_the_organization(
    project: Project,
    key: ApiKey,
    llama: Model,  # noqa: F811
) -> None:
    record(project, key, model=llama.name)
    set_budget(Actor.operator(), of_organization(project.organization), Plan(Period.DAY, hard=PICO, soft=None))
    limited = person("limited@example.com")
    add_member(
        Actor.operator(),
        organization=project.organization,
        user=limited,
        role=Role.VIEWER,
        projects={project.pk: Role.VIEWER},
    )
    assert _signed_in(limited).get(URL).context["chart"].marks == ()


def test_the_step_that_still_runs_is_compared_with_nothing(as_owner: Client, project: Project, key: ApiKey) -> None:
    now = timezone.now().replace(minute=30)
    for back in (25, 24, 1):  # hours: the last one belongs to the hour that runs now, a day ago
        record(project, key, 2, started_at=now - timedelta(hours=back))
    kpis = {kpi.name: kpi for kpi in as_owner.get(URL, {"range": "24h"}).context["kpis"]}
    assert (kpis["Requests"].value, kpis["Requests"].delta) == ("2", "+0.0%")
    record(project, key, 5)
    kpis = {kpi.name: kpi for kpi in as_owner.get(URL, {"range": "24h"}).context["kpis"]}
    assert (kpis["Requests"].value, kpis["Requests"].delta) == ("7", "+0.0%")
