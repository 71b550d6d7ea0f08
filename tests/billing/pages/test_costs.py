"""The cost page: who sees it, which month, what it says where there is little or much, and its CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import change_role, create_project
from accounts.models import Membership, Organization, Project, Role, User
from billing.actions.budgets import Plan, set_budget
from billing.models import BillingAccount, Budget, Period, SpendingAnomaly
from billing.settlement import settle_calls
from billing.views import costs
from catalog.models import Model
from catalog.money import PICO
from keys.actions import issue_key
from keys.subjects import of_key, of_organization, of_project
from ledger.actor import Actor
from ledger.ids import new_id
from tests.usage.test_recording import call

pytestmark = pytest.mark.django_db
PAGE = "/o/llamas-of-lisbon/costs/"
OPERATOR = Actor.operator()
NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
TOKENS = {"prompt_tokens": 1_000_000, "cached_tokens": 400_000, "completion_tokens": 100_000}  # 18.5 cents


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be that moment for the page alone: what decides who may come in has the time that it is."""
    monkeypatch.setattr(costs, "timezone", type("Clock", (), {"now": staticmethod(lambda: NOW)}))


def settle(organization: Organization, *moments: datetime, **changes: Any) -> None:
    made = TOKENS | changes
    settle_calls([call(organization_id=organization.pk, started_at=each, **made) for each in moments or (NOW,)])


def said(client: Client, query: str = "") -> str:
    return client.get(PAGE + query).content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_the_page_and_its_csv(as_member: Client, member: User, role: Role) -> None:
    change_role(OPERATOR, membership=Membership.objects.get(user=member), role=role)
    assert as_member.get(PAGE).status_code == 200
    assert as_member.get(PAGE + "costs.csv").status_code == 200


def test_outsiders_find_nothing_and_whoever_is_signed_out_signs_in(
    organization: Organization, as_outsider: Client, client: Client
) -> None:
    for path in (PAGE, PAGE + "costs.csv"):
        assert as_outsider.get(path).status_code == 404
        assert client.get(path).status_code == 302
        assert as_outsider.post(path).status_code in (404, 405)


def test_who_is_limited_to_projects_sees_the_costs_and_budgets_of_those_alone(
    organization: Organization, project: Project, member: User, as_member: Client, llama: Model, now: None
) -> None:
    other = create_project(OPERATOR, organization=organization, name="Secret")
    for each in (project, other):
        key, _ = issue_key(OPERATOR, project=each, name=f"key of {each.name}")
        settle(organization, project_id=each.pk, key_id=key.pk)
        settle(organization, NOW - timedelta(days=40 if each == project else 90), project_id=each.pk)
        for subject in (of_project(each), of_key(key)):
            set_budget(OPERATOR, subject, Plan(Period.MONTH, hard=PICO))
    set_budget(OPERATOR, of_organization(organization), Plan(Period.MONTH, hard=PICO))
    Budget.objects.update(spent=PICO // 2, began=NOW.date().replace(day=1))
    membership = Membership.objects.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER, projects={project.pk: Role.VIEWER})
    page = as_member.get(PAGE)
    assert [row.name for row in page.context["projects"]] == ["Default"]
    assert [row.name for row in page.context["budgets"]] == ["Default", "key of Default"]
    assert page.context["kpis"][0].value == "$0.185"
    assert [month["id"] for month in page.context["months"]] == ["2026-11", "2026-10"]
    assert "Secret" not in page.content.decode() + as_member.get(PAGE + "costs.csv").content.decode()


def test_the_present_month_is_compared_with_the_same_days_and_has_a_forecast(
    organization: Organization, as_owner: Client, llama: Model, now: None
) -> None:
    settle(organization, *(NOW - timedelta(days=day) for day in range(40)))
    page = as_owner.get(PAGE)
    found = {str(each.name): (each.value, str(each.note)) for each in page.context["kpis"]}
    assert found["Month to date"] == ("$3.70", "vs the same days of October")
    assert found["Forecast for November"][1].startswith("±")
    assert found["A million tokens cost"][0] == "$0.1682"
    assert found["Saved by caching"] == ("$1.08", "22.6% less than all input at its full price")
    assert "the mean of the last 14 whole days" in page.content.decode()


def test_a_month_that_is_over_has_neither_forecast_nor_budgets(
    organization: Organization, project: Project, as_owner: Client, llama: Model, now: None
) -> None:
    set_budget(OPERATOR, of_project(project), Plan(Period.MONTH, hard=PICO))
    settle(organization, NOW, *(NOW - timedelta(days=day) for day in range(30, 36)))
    page = as_owner.get(PAGE + "?month=2026-10")
    assert [str(each.name) for each in page.context["kpis"]] == [
        "October 2026",
        "A million tokens cost",
        "Saved by caching",
    ]
    assert page.context["kpis"][0].value == "$1.11"
    assert "budgets" not in page.context
    assert [each["id"] for each in page.context["months"]] == ["2026-11", "2026-10"]
    assert "?month=2026-10" in page.content.decode()


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "x", "", "0001-01", "9999-12"])
def test_anything_but_a_month_that_was_is_the_present_one(
    organization: Organization, as_owner: Client, llama: Model, now: None, month: str
) -> None:
    settle(organization)
    assert as_owner.get(f"{PAGE}?month={month}").context["month"] == "2026-11"


def test_a_month_without_usage_says_so(organization: Organization, as_owner: Client) -> None:
    page = said(as_owner)
    assert "Nothing was used in" in page
    assert "Export CSV" not in page


def test_who_is_not_billed_reads_that_it_is_at_list_price(
    organization: Organization, as_owner: Client, llama: Model, now: None
) -> None:
    settle(organization)
    assert "Nobody is billed here" in said(as_owner)


def test_who_is_billed_does_not(
    account: BillingAccount, organization: Organization, as_owner: Client, llama: Model, now: None
) -> None:
    BillingAccount.objects.update(created_at=NOW - timedelta(days=90))
    settle(organization)
    assert "Nobody is billed here" not in said(as_owner)


def test_what_costs_most_stands_first_and_the_rest_together(
    organization: Organization, as_owner: Client, llama: Model, now: None
) -> None:
    for number in range(8):
        project = create_project(OPERATOR, organization=organization, name=f"Project {number}")
        settle(organization, *[NOW] * (9 - number), project_id=project.pk, key_id=new_id())
    page = as_owner.get(PAGE)
    rows = page.context["projects"]
    assert [row.name for row in rows] == [*(f"Project {number}" for number in range(6)), "Other"]
    assert (rows[-1].requests, rows[-1].cost) == ("5", "$0.925")
    assert [row.name for row in page.context["keys"]] == [*["Deleted"] * 6, "Other"]
    assert len(page.context["models"]) == 1


def test_effective_and_list_prices_stand_by_model_and_class(
    organization: Organization, as_owner: Client, llama: Model, now: None
) -> None:
    settle(organization)
    rows = as_owner.get(PAGE).context["prices"]
    assert [(row.name, row.tokens, row.cost, row.effective, row.listed, row.saved) for row in rows] == [
        ("Llama", "1,100,000", "$0.185", "$0.1682", "", "$0.054"),
        ("Input", "600,000", "$0.108", "$0.18", "$0.18", ""),
        ("Cached input", "400,000", "$0.018", "$0.045", "$0.045", "$0.054"),
        ("Output", "100,000", "$0.059", "$0.59", "$0.59", ""),
    ]


def test_budgets_show_the_counter_of_the_gateway_their_thresholds_and_when_they_are_used_up(
    organization: Organization, project: Project, as_owner: Client, llama: Model, now: None
) -> None:
    settle(organization, *(NOW - timedelta(days=day) for day in range(16)), project_id=project.pk)
    set_budget(OPERATOR, of_project(project), Plan(Period.MONTH, hard=4 * PICO, soft=PICO))
    Budget.objects.update(spent=3 * PICO, held=PICO // 5, began=NOW.date().replace(day=1))
    page = as_owner.get(PAGE)
    (row,) = page.context["budgets"]
    assert (row.used, row.most, row.standing.percent, row.standing.tone) == ("$3.20", "$4.00", 80, "warn")
    assert row.standing.marks == ["25.00%", "50.00%", "80.00%"]
    assert "at this pace used up on Nov 25" in page.content.decode()


def test_what_was_unusual_in_the_month_stands_there_for_who_sees_all_of_it(
    organization: Organization, project: Project, as_owner: Client, member: User, as_member: Client, now: None
) -> None:
    key, _ = issue_key(OPERATOR, project=project, name="Nightly")
    about = {"spent": 41 * PICO, "usual": 6 * PICO, "share": 35 * PICO, "model": "llama", "project_id": project.pk}
    for day, is_day, key_id in ((19, False, key.pk), (18, True, new_id())):
        start = datetime(2026, 11, day, 0 if is_day else 13, tzinfo=UTC)
        SpendingAnomaly.objects.create(
            organization_id=organization.pk, told_on=start.date(), start=start, is_day=is_day, key_id=key_id, **about
        )
    page = " ".join(said(as_owner).split())
    assert "$41.00 went out in the hour to November 19, 2026, 14:00 UTC. At this time of a Thursday" in page
    assert "Most of it, $35.00, is of the key Nightly on llama." in page
    assert "Most of it, $35.00, is of llama." in page
    assert "Unusual spending" not in said(as_owner, "?month=2026-10")
    membership = Membership.objects.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER, projects={project.pk: Role.VIEWER})
    assert "Unusual spending" not in said(as_member)


def test_long_names_and_markup_stand_as_they_are(
    organization: Organization, as_owner: Client, llama: Model, now: None
) -> None:
    project = create_project(OPERATOR, organization=organization, name="<b>" + "W" * 70)
    settle(organization, project_id=project.pk, model="m" * 120)
    page = said(as_owner)
    assert "&lt;b&gt;WWW" in page
    assert "m" * 120 in page


def test_the_csv_has_what_the_page_shows_and_no_formulas(
    organization: Organization, as_owner: Client, llama: Model, now: None
) -> None:
    project = create_project(OPERATOR, organization=organization, name="=1+1")
    settle(organization, project_id=project.pk)
    answer = as_owner.get(PAGE + "costs.csv?month=2026-11")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert 'filename="costs-2026-11.csv"' in answer["Content-Disposition"]
    assert [row["by"] for row in rows] == ["model", *["token_class"] * 3, "project", "key", "total"]
    assert rows[4]["name"] == "'=1+1"
    assert rows[-1]["amount_usd"] == "0.185"


def test_the_page_takes_as_many_queries_for_many_of_everything(
    organization: Organization, as_owner: Client, llama: Model, now: None
) -> None:
    def number() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_owner.get(PAGE).status_code == 200
        return len(
            [each for each in queries if any(table in each["sql"] for table in ("usage_", "billing_", "catalog_"))]
        )

    def add(number: int) -> None:
        project = create_project(OPERATOR, organization=organization, name=f"P{number}")
        key, _ = issue_key(OPERATOR, project=project, name="x")
        for subject in (of_project(project), of_key(key)):
            set_budget(OPERATOR, subject, Plan(Period.MONTH, hard=PICO))
        Budget.objects.update(spent=1, began=NOW.date().replace(day=1))
        settle(organization, NOW - timedelta(days=number), project_id=project.pk, key_id=key.pk)

    settle(organization)
    assert number() == 9
    add(1)
    few = number()
    for each in range(2, 8):
        add(each)
    assert number() == few == 11


def test_the_overview_of_billing_leads_here(
    account: BillingAccount, organization: Organization, as_owner: Client, llama: Model
) -> None:
    settle(organization, timezone.now())
    assert PAGE in as_owner.get("/o/llamas-of-lisbon/billing/").content.decode().split("<main")[1]
