"""Usage by member: whose keys were used. Names are sealed: who may see members sees them, and each look has a leaf."""

import pytest
from django.test import Client

from accounts import policy
from accounts.actions import remove_member
from accounts.models import Organization, Project, Role, User
from accounts.policy import Permission
from keys.actions import issue_key, make_service_account
from keys.models import ApiKey
from ledger.actor import Actor
from ledger.models import LeafBody
from tests.usage.support import URL, record
from vault.purposes import Purpose

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(project: Project, owner: User, member: User, key: ApiKey) -> None:
    """Calls of Olivia's two keys, of Mira's, of a service account's and of the command line's."""
    operator = Actor.operator()
    for name, creator, count in (("a", owner, 5), ("b", owner, 4), ("c", member, 3)):
        record(project, issue_key(operator, project=project, name=name, creator=creator)[0], count)
    account = make_service_account(Actor.user(owner.pk), project=project, name="Nightly", creator=owner)
    mine, _ = issue_key(operator, project=project, name="d", creator=owner, service_account=account)
    record(project, mine, 2)
    record(project, key, 1)


def rows(client: Client) -> dict[str, str]:
    page = client.get(URL, {"group": "member", "metric": "requests"})
    return {row.name: row.requests for row, _url in page.context["rows"]}


@pytest.mark.usefixtures("used")
def test_calls_count_for_whoever_the_key_is_of(as_member: Client) -> None:
    assert rows(as_member) == {
        "Olivia Owner": "9", "Mira Member": "3", "Nightly": "2", "A program or the command line": "1",
    }  # fmt: skip


@pytest.mark.usefixtures("used")
def test_who_may_not_see_members_sees_no_names_and_opens_nothing(
    as_member: Client, monkeypatch: pytest.MonkeyPatch, organization: Organization
) -> None:
    monkeypatch.setitem(policy._GRANTS, Permission.VIEW_MEMBERS, frozenset({Role.OWNER}))
    before = _openings(organization)
    text = as_member.get(URL, {"group": "member"}).content.decode()
    file = as_member.get(URL + "usage.csv", {"group": "member"}).content.decode()
    assert "Olivia" not in text + file
    assert "Mira Member" not in text + file
    assert "A member" in text
    assert _openings(organization) == before


@pytest.mark.usefixtures("used")
def test_each_look_and_each_file_opens_the_directory_once(as_member: Client, organization: Organization) -> None:
    as_member.get(URL)
    before = _openings(organization)
    as_member.get(URL, {"group": "member"})
    as_member.get(URL + "usage.csv", {"group": "member"})
    assert _openings(organization) - before == 2


@pytest.mark.usefixtures("used")
def test_it_does_not_refresh_by_itself_and_no_cache_keeps_it(as_member: Client) -> None:
    page = as_member.get(URL, {"group": "member"})
    assert "X-Poll" not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "X-Poll" in as_member.get(URL).content.decode()


@pytest.mark.usefixtures("used")
def test_who_left_has_no_name_any_more(as_owner: Client, organization: Organization, member: User) -> None:
    remove_member(Actor.operator(), membership=organization.memberships.get(user=member))
    assert rows(as_owner)["A member"] == "3"


def _openings(organization: Organization) -> int:
    return LeafBody.objects.filter(tenant=organization.pk, purpose=Purpose.TEAM_ADMINISTRATION).count()
