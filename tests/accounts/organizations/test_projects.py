"""The pages of projects: made, changed, put away and taken up, and what they cost."""

from typing import Any

import pytest
from django.test import Client

from accounts.actions import archive_project, create_project
from accounts.models import Organization, Project
from keys.actions import issue_key
from keys.verification import find_caller
from ledger.models import Action, AuditEvent
from tests.accounts.organizations.conftest import BASE, OPERATOR
from tests.accounts.organizations.test_pages import PROJECT

pytestmark = pytest.mark.django_db


def test_projects_are_made_changed_put_away_and_taken_up(as_owner: Client, organization: Organization) -> None:
    assert as_owner.post(f"{BASE}projects/new/", PROJECT)["Location"] == f"{BASE}projects/search/"
    project = Project.objects.get(slug="search")
    _, secret = issue_key(OPERATOR, project=project, name="server")
    assert "7 days" in as_owner.get(f"{BASE}projects/search/").content.decode()
    as_owner.post(f"{BASE}projects/search/", {"name": "Find", "retention_days": "30"})
    caller = find_caller(secret)
    assert caller
    assert caller.retention_days == 30
    assert as_owner.get(f"{BASE}projects/search/archival/").status_code == 200
    as_owner.post(f"{BASE}projects/search/archival/")
    assert find_caller(secret) is None
    assert "Find" not in as_owner.get(f"{BASE}projects/").content.decode()
    assert "Find" in as_owner.get(f"{BASE}projects/?state=archived").content.decode()
    assert "Find" in as_owner.get(f"{BASE}usage/filters/").content.decode()
    assert 'value="search"' not in as_owner.get(f"{BASE}keys/new/").content.decode()
    as_owner.post(f"{BASE}projects/search/unarchival/")
    assert find_caller(secret) is not None
    tags = AuditEvent.objects.filter(target=str(project.pk)).order_by("pk").values_list("action", "payload")
    assert list(tags) == [
        (
            Action.PROJECT_CREATED,
            {"before_name": None, "after_name": "Search", "before_retention_days": None, "after_retention_days": 7},
        ),
        (Action.PROJECT_RENAMED, {"before_name": "Search", "after_name": "Find"}),
        (Action.PROJECT_RETENTION_CHANGED, {"days": 30, "former": 7}),
        (Action.PROJECT_ARCHIVED, {}),
        (Action.PROJECT_UNARCHIVED, {}),
    ]


def test_a_retention_that_is_too_long_is_answered_with_what_may_be_typed(as_owner: Client) -> None:
    answer = as_owner.post(f"{BASE}projects/new/", {"name": "Search", "retention_days": "31"})
    assert "Type a whole number from 0 to 30." in answer.content.decode()


@pytest.mark.parametrize("days", ["-1", "31", "", "x", "1.5"])
def test_retention_is_0_to_30_whole_days(as_owner: Client, organization: Organization, days: str) -> None:
    form = {"name": "Search", "retention_days": days}
    assert as_owner.post(f"{BASE}projects/new/", form).status_code == 422
    assert as_owner.post(f"{BASE}projects/default/", form).status_code == 422


def test_projects_of_one_name_have_addresses_of_their_own(organization: Organization) -> None:
    made = [create_project(OPERATOR, organization=organization, name=name) for name in ("New", "New", "日本", "日本")]
    slugs = [project.slug for project in made]
    assert len(set(slugs)) == 4
    assert "new" not in slugs  # which is the page that makes one


def test_a_new_key_takes_two_queries_and_one_of_an_archived_project_one(
    project: Project, django_assert_num_queries: Any
) -> None:
    _, secret = issue_key(OPERATOR, project=project, name="server")
    with django_assert_num_queries(2):
        assert find_caller(secret)
    archive_project(OPERATOR, project)
    with django_assert_num_queries(1):
        assert find_caller(secret) is None


def test_queries_of_the_list_do_not_grow_with_projects(
    as_owner: Client, organization: Organization, django_assert_max_num_queries: Any
) -> None:
    as_owner.get(f"{BASE}projects/")
    for number in range(60):
        create_project(OPERATOR, organization=organization, name=f"Project {number}")
    with django_assert_max_num_queries(10):
        page = as_owner.get(f"{BASE}projects/").content.decode()
    assert "1–50 of 61" in page
