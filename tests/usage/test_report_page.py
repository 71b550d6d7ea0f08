"""The usage page: one's own organization, exact numbers, few queries."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organization, Project
from keys.actions import issue_key
from keys.models import ApiKey
from ledger.actor import Actor
from ledger.ids import new_id
from usage.actions import record_calls
from usage.calls import Call, Outcome

pytestmark = pytest.mark.django_db
URL = "/o/llamas-of-lisbon/usage/"


@pytest.fixture
def key(project: Project) -> ApiKey:
    return issue_key(Actor.operator(), project=project, name="=cmd|'/c calc'")[0]


def record(project: Project, key: ApiKey, count: int = 1, **changes: object) -> None:
    values: dict[str, object] = {
        "organization_id": project.organization_id, "project_id": project.pk, "key_id": key.pk, "model": "llama",
        "started_at": timezone.now(), "status": 200, "outcome": Outcome.COMPLETED, "prompt_tokens": 1234,
        "cached_tokens": 0, "completion_tokens": 567, "latency_ms": 100, "first_token_ms": None, "estimated": False,
    }  # fmt: skip
    record_calls([Call(id=new_id(), **(values | changes)) for _ in range(count)])  # type: ignore[arg-type]


def test_it_shows_the_exact_tokens(as_owner: Client, project: Project, key: ApiKey) -> None:
    record(project, key)
    page = as_owner.get(URL).content.decode()
    assert "1,234" in page
    assert "567" in page


@pytest.mark.parametrize("group", ["model", "project", "key"])
@pytest.mark.parametrize("period", ["24h", "7d", "30d", "90d", "12m"])
def test_every_grouping_and_period_works(
    as_member: Client, project: Project, key: ApiKey, group: str, period: str
) -> None:
    record(project, key)
    assert as_member.get(URL, {"group": group, "range": period, "metric": "tokens"}).status_code == 200


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
    as_owner: Client, project: Project, key: ApiKey, django_assert_max_num_queries: object
) -> None:
    for hour in range(30):
        record(project, key, started_at=timezone.now() - timedelta(hours=hour), model=f"model-{hour}")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        as_owner.get(URL)
