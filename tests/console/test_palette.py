"""The palette: what it finds for whom, and what the ledger says of a search."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import policy
from accounts.actions import add_member, archive_project, change_role, create_project, remove_member
from accounts.models import Directory, Membership, Organization, Project, Role, User
from accounts.policy import Permission
from keys.actions import issue_key, revoke_key
from ledger.actor import Actor
from ledger.models import Leaf, LeafBody
from llama_console.context import PAGES
from llama_console.views.palette.pages import _ACTIONS, _FURTHER
from tests.conftest import person

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
SLUG = "llamas-of-lisbon"
URL = f"/o/{SLUG}/palette/"
PART = {"HX-Request": "true"}
_OPTION = re.compile(r'role="option" id="found-(\w+)-\d+".*?<bdi>(.*?)</bdi>', re.S)


def found(client: Client, text: str, url: str = URL, **more: str) -> dict[str, list[str]]:
    """Return the labels that a search finds, by kind."""
    labels: dict[str, list[str]] = {}
    for kind, label in _OPTION.findall(part(client, text, url, **more)):
        labels.setdefault(kind, []).append(unescape(label))
    return labels


def part(client: Client, text: str, url: str = URL, **more: str) -> str:
    """Return the results as they come into the dialog."""
    answer = client.post(url, {"q": text, **more}, headers=PART)
    assert answer.status_code == 200
    return answer.content.decode()


def opened(organization: Organization) -> list[str]:
    """Return the purposes of what was opened in an organization, in order."""
    bodies = LeafBody.objects.filter(tenant=organization.pk, type="opening").order_by("position")
    return [body.purpose for body in bodies]


def limit(member: User, role: Role, projects: dict[Project, Role] | None = None) -> None:
    roles = None if projects is None else {project.pk: each for project, each in projects.items()}
    change_role(OPERATOR, membership=Membership.objects.get(user=member), role=role, projects=roles)


def test_nothing_typed_lists_the_pages_and_opens_the_role_alone(as_owner: Client, organization: Organization) -> None:
    before = opened(organization)
    assert found(as_owner, " ") == {"pages": [str(label) for label, _, _ in PAGES]}
    assert opened(organization) == [*before, "authorization"]


def test_results_stand_in_groups_by_kind(as_owner: Client, member: User, project: Project) -> None:
    create_project(OPERATOR, organization=project.organization, name="Mirador")
    issue_key(OPERATOR, project=project, name="admirable")
    assert found(as_owner, "MIR") == {
        "projects": ["Mirador"],
        "keys": ["admirable"],
        "members": ["Mira Member"],
    }
    assert found(as_owner, "security")["pages"] == ["Security rules", "Security"]
    assert found(as_owner, "short") == {"actions": ["Keyboard shortcuts"]}


def test_names_that_begin_with_the_text_come_first(as_owner: Client) -> None:
    assert found(as_owner, "se")["pages"] == [
        "Settings",
        "Security rules",
        "Security",
        "Sessions",
        "Messages sent to you",
    ]


def test_what_is_found_leads_there(as_owner: Client, member: User, project: Project) -> None:
    create_project(OPERATOR, organization=project.organization, name="Mirador")
    issue_key(OPERATOR, project=project, name="admirable")
    answer = as_owner.post(URL, {"q": "mir"})
    pages = [as_owner.get(result.url) for group in answer.context["groups"] for result in group]
    for name, page in zip(("Mirador", "admirable", "Mira Member"), pages, strict=True):
        assert (page.status_code, name in page.content.decode()) == (200, True)


def test_a_key_is_found_by_what_is_visible_of_its_secret(as_owner: Client, project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="nightly")
    issue_key(OPERATOR, project=project, name="other")
    for text in (key.tail, key.hint, f"…{key.tail}", secret):
        assert found(as_owner, text)["keys"] == ["nightly"], text
    assert "keys" not in found(as_owner, "llk_")


def test_no_more_than_five_of_a_kind_are_shown_and_it_says_so(
    as_owner: Client, organization: Organization, project: Project
) -> None:
    for number in range(6):
        issue_key(OPERATOR, project=project, name=f"beta key {number}")
        create_project(OPERATOR, organization=organization, name=f"Beta {number}")
        somebody = person(f"beta{number}@example.com", name=f"Beta {number}")
        add_member(OPERATOR, organization=organization, user=somebody, role=Role.VIEWER)
    answer = as_owner.post(URL, {"q": "beta"})
    groups = {group.id: (len(group.results), group.has_more) for group in answer.context["groups"]}
    assert groups == {"projects": (5, True), "keys": (5, True), "members": (5, True)}
    assert answer.content.decode().count("the first ones; type more") == 3


def test_what_is_in_use_comes_before_what_was_revoked_and_archived_projects_are_away(
    as_owner: Client, project: Project, organization: Organization
) -> None:
    issue_key(OPERATOR, project=project, name="beta in use")
    gone, _ = issue_key(OPERATOR, project=project, name="beta gone")
    revoke_key(OPERATOR, gone)
    archive_project(OPERATOR, create_project(OPERATOR, organization=organization, name="Beta"))
    answer = as_owner.post(URL, {"q": "beta"})
    (keys,) = answer.context["groups"]
    assert [result.label for result in keys] == ["beta in use", "beta gone"]
    assert "Revoked" in keys.results[1].hint


@pytest.mark.parametrize("role", list(Role))
def test_each_role_finds_the_pages_that_open_for_it_and_no_others(as_member: Client, member: User, role: Role) -> None:
    limit(member, role)
    for label, _, name in (*PAGES, *_FURTHER, *_ACTIONS):
        url = reverse(name, args=[SLUG])
        groups = as_member.post(URL, {"q": str(label)}).context["groups"]
        is_found = url in {result.url for group in groups for result in group}
        assert is_found == (as_member.get(url).status_code != 403), f"{role} {name}"
        assert not is_found or as_member.get(url).status_code == 200


def test_a_limited_member_finds_projects_and_keys_of_theirs_alone(
    as_member: Client, member: User, project: Project, organization: Organization
) -> None:
    second = create_project(OPERATOR, organization=organization, name="Beta unseen")
    _, secret = issue_key(OPERATOR, project=second, name="beta key unseen")
    issue_key(OPERATOR, project=project, name="beta key mine")
    limit(member, Role.DEVELOPER, {project: Role.VIEWER})
    assert found(as_member, "beta") == {"keys": ["beta key mine"]}
    assert "keys" not in found(as_member, secret)


def test_an_outsider_finds_nothing_of_an_organization(
    as_outsider: Client, member: User, project: Project, owner: User
) -> None:
    _, secret = issue_key(OPERATOR, project=project, name="secret-service")
    create_project(OPERATOR, organization=project.organization, name="secret plans")
    before = Leaf.objects.filter(tenant=project.organization_id).count()
    for text in ("secret", "mira", "olivia@example.com", secret):
        foreign, missing = (as_outsider.post(f"/o/{slug}/palette/", {"q": text}) for slug in (SLUG, "nobodys"))
        assert foreign.status_code == missing.status_code == 404
        assert found(as_outsider, text, "/o/outsiders/palette/") == {}
    assert Leaf.objects.filter(tenant=project.organization_id).count() == before


def test_a_role_that_sees_no_members_finds_none_and_opens_nothing(
    as_member: Client, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(policy._GRANTS, Permission.VIEW_MEMBERS, frozenset({Role.OWNER}))
    before = opened(organization)
    assert found(as_member, "olivia") == {}
    assert "Members are found" not in part(as_member, "ol")
    assert set(opened(organization)[len(before) :]) == {"authorization"}


def test_who_is_in_two_organizations_is_found_in_the_one_that_is_searched(
    as_owner: Client, member: User, outsider: User, organization: Organization
) -> None:
    add_member(OPERATOR, organization=Organization.objects.get(slug="outsiders"), user=member, role=Role.ADMIN)
    (people,) = as_owner.post(URL, {"q": "mira"}).context["groups"]
    here = Membership.objects.get(user=member, organization=organization)
    assert [result.url for result in people] == [reverse("members:member", args=[SLUG, here.pk])]


def test_who_left_is_found_no_more(as_owner: Client, member: User) -> None:
    assert found(as_owner, "mira")["members"] == ["Mira Member"]
    remove_member(OPERATOR, membership=Membership.objects.get(user=member))
    assert found(as_owner, "mira") == {}


def test_an_entry_of_the_directory_without_a_membership_is_nobody(as_owner: Client, member: User) -> None:
    Membership.objects.filter(user=member).delete()
    assert found(as_owner, "mira") == {}


def test_members_are_looked_for_from_three_characters_on(
    as_member: Client, member: User, organization: Organization
) -> None:
    before = opened(organization)
    for text in ("mi", "  mi ", "m i"[:2]):
        page = as_member.post(URL, {"q": text})
        assert "Mira" not in page.content.decode()
        assert (
            "from three characters on" in as_member.post(URL, {"q": text}, headers={"HX-Request": "1"}).content.decode()
        )
    assert set(opened(organization)[len(before) :]) == {"authorization"}


def test_a_search_opens_the_directory_once_under_team_administration(
    as_member: Client, member: User, organization: Organization
) -> None:
    before = opened(organization)
    page = as_member.post(URL, {"q": "olivia@"})
    assert opened(organization)[len(before) :] == ["authorization", "team-administration"]
    last = LeafBody.objects.filter(tenant=organization.pk).latest("position")
    assert last.actor == str(Actor.user(member.pk))
    assert "the directory was opened, and that was recorded" in page.content.decode()


def test_a_longer_text_of_what_was_found_nowhere_opens_the_directory_no_more(
    as_member: Client, organization: Organization
) -> None:
    assert 'name="nobody" value="usa"' in part(as_member, "usa")
    before = opened(organization)
    longer = part(as_member, "Usage", nobody="usa")
    assert 'name="nobody" value="usa"' in longer
    assert "was recorded" not in longer
    assert opened(organization)[len(before) :] == ["authorization"]
    assert found(as_member, "olivia", nobody="usa")["members"] == ["Olivia Owner"]


def test_a_pasted_secret_opens_no_directory(as_owner: Client, project: Project) -> None:
    _, secret = issue_key(OPERATOR, project=project, name="nightly")
    before = opened(project.organization)
    found(as_owner, secret)
    assert opened(project.organization)[len(before) :] == ["authorization"]


def test_what_is_typed_stands_in_no_address_and_no_cache(as_owner: Client, member: User) -> None:
    page = as_owner.get(URL, {"q": "mira"})
    assert "Mira" not in page.content.decode()
    assert 'action="/o/llamas-of-lisbon/palette/" role="search"' in page.content.decode()
    assert 'method="get"' not in page.content.decode()
    assert {"private", "no-store"} <= set(as_owner.post(URL, {"q": "mira"})["Cache-Control"].split(", "))


def test_hostile_names_and_texts_are_inert(as_owner: Client, organization: Organization, project: Project) -> None:
    hostile = '<img src=x onerror=alert(1)>"'
    issue_key(OPERATOR, project=project, name=hostile)
    somebody = person("x@example.com", name=hostile)
    add_member(OPERATOR, organization=organization, user=somebody, role=Role.VIEWER)
    assert found(as_owner, hostile)["members"] == [hostile]
    for text in (hostile, f"{hostile}?"):
        assert "<img" not in part(as_owner, text)
        assert b"<img" not in as_owner.post(URL, {"q": text}).content


def test_queries_do_not_grow_with_what_there_is(
    as_owner: Client, organization: Organization, project: Project, django_assert_num_queries: Any
) -> None:
    def count(number: int) -> None:
        issue_key(OPERATOR, project=project, name=f"beta key {number}")
        create_project(OPERATOR, organization=organization, name=f"Beta {number}")
        somebody = person(f"beta{number}@example.com", name=f"Beta {number}")
        add_member(OPERATOR, organization=organization, user=somebody, role=Role.VIEWER)

    count(0)
    for number in (0, 1, 2, 3):
        with django_assert_num_queries(9):
            assert len(found(as_owner, "beta")["members"]) == number + 1
        count(number + 1)
    assert Directory.objects.filter(organization=organization).count() == 1
