"""Filters: several of a kind and several kinds; what somebody may not see is not found."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import add_member, create_project
from accounts.models import Organization, Project, Role, User
from keys.actions import issue_key
from keys.models import ApiKey
from ledger.actor import Actor
from ledger.ids import new_id
from tests.conftest import _signed_in, person
from tests.usage.support import URL, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(organization: Organization, project: Project) -> Project:
    return create_project(Actor.operator(), organization=organization, name="Other")


@pytest.fixture
def calls(project: Project, other: Project, key: ApiKey) -> ApiKey:
    """1 call, 2, 4, 8 and 16 of different kinds, so that each sum tells which are in it. Returns the other's key."""
    there = issue_key(Actor.operator(), project=other, name="there")[0]
    record(project, key, 1, model="one")
    record(project, key, 2, model="two", status=404)
    record(project, key, 4, model="one", status=502)
    record(other, there, 8, model="two")
    record(other, there, 16, model="three", status=429)
    return there


def requests(client: Client, **asked: object) -> str:
    return str(client.get(URL, asked).context["totals"].requests)


def test_several_of_a_kind_count_together_and_kinds_narrow_each_other(
    as_member: Client, project: Project, other: Project, key: ApiKey, calls: ApiKey
) -> None:
    assert requests(as_member) == "31"
    assert requests(as_member, project=other.slug) == "24"
    assert requests(as_member, project=[other.slug, project.slug]) == "31"
    assert requests(as_member, model=["one", "two"]) == "15"
    assert requests(as_member, status=["4xx", "5xx"]) == "22"
    assert requests(as_member, key=str(calls.pk)) == "24"
    assert requests(as_member, key=[str(calls.pk), str(key.pk)], model="two", status="2xx") == "8"
    assert requests(as_member, project=project.slug, key=str(calls.pk)) == "0"


@pytest.mark.parametrize("group", ["model", "project", "key", "member", "status"])
def test_filters_hold_in_every_group_and_in_the_file(as_member: Client, calls: ApiKey, group: str) -> None:
    asked = {"group": group, "key": str(calls.pk), "status": "4xx"}
    assert requests(as_member, **asked) == "16"
    lines = as_member.get(URL + "usage.csv", asked).content.decode().splitlines()
    assert len(lines) == 2
    assert ",16,16," in lines[1]


def test_the_period_before_is_filtered_as_well(as_member: Client, project: Project, key: ApiKey) -> None:
    record(project, key, 2, model="one", started_at=timezone.now() - timedelta(days=1))
    record(project, key, 3, model="two", started_at=timezone.now() - timedelta(days=31))
    assert as_member.get(URL, {"model": "one"}).context["kpis"][1].delta == ""
    assert as_member.get(URL).context["kpis"][1].delta == "−33.3%"


def test_what_is_foreign_missing_or_no_id_is_not_found(as_outsider: Client, other: Project, key: ApiKey) -> None:
    for asked in ({"project": other.slug}, {"key": str(key.pk)}, {"key": str(new_id())}, {"key": "x"}):
        for path in ("", "usage.csv", "filters/", "views/"):
            assert as_outsider.get(f"/o/outsiders/usage/{path}", asked).status_code == 404, (path, asked)


def test_who_is_limited_to_a_project_finds_no_other_one(
    organization: Organization, project: Project, other: Project, key: ApiKey, calls: ApiKey
) -> None:
    limited = _limited(organization, project)
    assert requests(limited) == "7"
    for asked in ({"project": other.slug}, {"key": str(calls.pk)}):
        assert limited.get(URL, asked).status_code == 404
    form = limited.get(URL + "filters/").content.decode()
    assert key.hint in form
    assert "Other" not in form
    assert calls.hint not in form


def test_the_form_has_what_there_is_and_ticks_what_is_chosen(as_member: Client, other: Project, calls: ApiKey) -> None:
    page = as_member.get(URL + "filters/", {"status": "4xx", "metric": "errors", "model": "gone"})
    fields = {field["name"]: field["items"] for field in page.context["fields"]}
    assert [item["value"] for item in fields["status"] if item["chosen"]] == ["4xx"]
    assert [item["value"] for item in fields["model"] if item["chosen"]] == ["gone"]
    assert other.name in {item["title"] for item in fields["project"]}
    assert ("metric", "errors") in page.context["inputs"]


def test_a_chip_leads_to_the_page_without_its_filter(as_member: Client, project: Project, calls: ApiKey) -> None:
    page = as_member.get(URL, {"status": ["4xx", "5xx"], "project": project.slug})
    addresses = {chip["name"]: chip["url"] for chip in page.context["chips"]}
    assert "status=5xx" in addresses["4xx"]
    assert "status=4xx" not in addresses["4xx"]
    assert "project=" not in addresses[project.name]


def test_a_line_of_the_table_leads_to_itself_alone(as_member: Client, other: Project, calls: ApiKey) -> None:
    page = as_member.get(URL, {"group": "project"})
    url = next(url for row, url in page.context["rows"] if row.name == other.name)
    alone = as_member.get(url)
    assert alone.context["totals"].requests == "24"
    assert [url for _row, url in alone.context["rows"]] == [""]


def test_filters_that_leave_nothing_are_told_from_no_calls_at_all(as_member: Client, calls: ApiKey) -> None:
    page = as_member.get(URL, {"model": "three", "status": "5xx"})
    text = page.content.decode()
    assert "No requests match these filters" in text
    assert "curl" not in text
    assert as_member.get(page.context["clear_url"]).context["totals"].requests == "31"


def test_a_visitor_is_asked_to_sign_in_for_the_filters(client: Client, organization: Organization) -> None:
    assert client.get(URL + "filters/")["Location"].startswith("/sign-in/?next=")


def _limited(organization: Organization, project: Project) -> Client:
    user: User = person("limited@example.com")
    roles = {project.pk: Role.VIEWER}
    add_member(Actor.operator(), organization=organization, user=user, role=Role.VIEWER, projects=roles)
    return _signed_in(user)
