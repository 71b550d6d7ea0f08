"""Programs read the usage that the page shows, of the projects that they may see."""

from uuid import uuid4

import pytest

from accounts.actions import change_role, create_project
from accounts.models import Organization, Project, Role, User
from keys.actions import issue_key
from ledger.actor import Actor
from tests.admin_api.conftest import Caller, program
from tests.usage.test_report_page import record

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
PATH = "usage/"


@pytest.fixture
def other(organization: Organization, project: Project) -> Project:
    """Another project; in each of the two there were calls."""
    found = create_project(OPERATOR, organization=organization, name="Other")
    for place, count in ((project, 1), (found, 2)):
        record(place, issue_key(OPERATOR, project=place, name=f"key of {place.name}")[0], count)
    return found


def counted(key: Caller, **query: str) -> dict[str, int]:
    return {each["group_name"]: each["requests"] for each in key.ask(PATH, **query).json()["data"]}


def test_it_is_counted_by_model_project_and_key(olivia: Caller, other: Project) -> None:
    answer = olivia.ask(PATH).json()
    (row,) = answer["data"]
    assert (row["group_id"], row["requests"], row["prompt_tokens"]) == ("llama", 3, 3 * 1234)
    assert answer["start"] <= row["start"] < answer["end"]
    assert {moment[-1] for moment in (answer["start"], answer["end"], row["start"])} == {"Z"}
    assert counted(olivia, group="project", range="24h") == {"Default": 1, "Other": 2}
    assert counted(olivia, group="key", range="12m") == {"key of Default": 1, "key of Other": 2}


def test_one_project_is_counted_alone(olivia: Caller, other: Project) -> None:
    assert counted(olivia, group="project", project_id=str(other.pk)) == {"Other": 2}


def test_a_key_of_somebody_limited_to_projects_sees_those_alone(
    organization: Organization, member: User, project: Project, other: Project
) -> None:
    membership = organization.memberships.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER, projects={other.pk: Role.VIEWER})
    key = program(organization, member)
    assert counted(key, group="project") == {"Other": 2}
    assert key.ask(PATH, project_id=str(project.pk)).status_code == 404


def test_nothing_of_another_organization_is_counted(otto: Caller, other: Project) -> None:
    assert counted(otto) == {}
    assert {otto.ask(PATH, project_id=str(pk)).status_code for pk in (other.pk, uuid4())} == {404}


@pytest.mark.parametrize("query", [{"range": "1y"}, {"group": "user"}, {"project_id": "default"}, {"colour": "red"}])
def test_what_means_nothing_is_refused(olivia: Caller, query: dict[str, str]) -> None:
    assert olivia.ask(PATH, **query).status_code == 400
