"""The list of members: who is in it, what each of them sees of it, and how it is searched."""

from typing import Any

import msgspec
import pytest
from django.test import Client

from accounts import directory
from accounts.actions import add_member, change_role, create_project, remove_member
from accounts.entries import pack
from accounts.models import Membership, Organization, Role, User
from accounts.policy import Access
from accounts.roles import write_access
from keys.actions import issue_key
from ledger.models import LeafBody
from tests.conftest import person
from tests.console.members.conftest import OPERATOR, URL, membership_of, signed_in

pytestmark = pytest.mark.django_db
ALL = ["Ada Admin", "bill@example.com", "Dan Developer", "Olivia Owner", "Vera Viewer"]


def titles(client: Client, query: str = "") -> list[str]:
    return [row.title for row in client.get(URL + query).context["members"]]


def found(client: Client, text: str, query: str = "") -> list[str]:
    return [row.title for row in client.post(URL + query, {"q": text}).context["members"]]


def test_everybody_is_listed_by_name_with_role_factor_and_when_they_were_here(
    as_owner: Client, team: dict[Role, User]
) -> None:
    page = as_owner.get(URL)
    rows = {row.title: row for row in page.context["members"]}
    assert list(rows) == ALL
    assert {title: (row.role, row.factor) for title, row in rows.items()} == {
        "Ada Admin": ("Admin", "Passkey"),
        "bill@example.com": ("Billing", "None"),
        "Dan Developer": ("Developer", "App code"),
        "Olivia Owner": ("Owner", "None"),
        "Vera Viewer": ("Viewer", "None"),
    }
    assert [title for title, row in rows.items() if row.is_you] == ["Olivia Owner"]
    assert "1 day ago" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_a_search_finds_by_name_and_address_and_stands_in_no_address(as_owner: Client, team: dict[Role, User]) -> None:
    assert found(as_owner, "ADA") == ["Ada Admin"]
    assert found(as_owner, "bill@") == ["bill@example.com"]
    assert found(as_owner, "nobody") == []
    assert found(as_owner, "  ") == ALL
    assert titles(as_owner, "?q=ada") == ALL
    assert 'method="post"' in as_owner.get(URL).content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?role=developer", ["Dan Developer"]),
        ("?role=emperor", ALL),
        ("?factor=passkey", ["Ada Admin"]),
        ("?factor=app", ["Dan Developer"]),
        ("?factor=none", ["bill@example.com", "Olivia Owner", "Vera Viewer"]),
        ("?seen=recent", ["Olivia Owner", "Vera Viewer"]),
        ("?seen=idle", ["Ada Admin", "bill@example.com", "Dan Developer"]),
        ("?factor=none&role=viewer", ["Vera Viewer"]),
        ("?factor=passkey&role=viewer", []),
        ("?page=2", []),
        ("?page=x", ALL),
        ("?page=-1", ALL),
    ],
)
def test_filters_narrow_the_list(as_owner: Client, team: dict[Role, User], query: str, names: list[str]) -> None:
    as_owner.get(URL)  # Olivia is here now
    assert titles(as_owner, query) == names


def test_filters_hold_for_a_search_as_well(as_owner: Client, team: dict[Role, User]) -> None:
    assert found(as_owner, "example.com", "?role=admin") == ["Ada Admin"]
    assert found(as_owner, "dan", "?role=admin") == []


def test_a_lower_role_sees_names_and_roles_and_neither_factors_nor_times(team: dict[Role, User]) -> None:
    for role in (Role.VIEWER, Role.DEVELOPER, Role.BILLING):
        client = signed_in(team[role])
        page = client.get(URL)
        assert [row.title for row in page.context["members"]] == ALL
        for word in ("Second factor", "Last seen", "Passkey", "Export CSV", "Invite members", 'type="checkbox"'):
            assert word not in page.content.decode(), word
        assert titles(client, "?factor=passkey&seen=idle") == ALL


def test_a_limited_member_reads_no_names_of_projects_that_they_do_not_see(
    organization: Organization, team: dict[Role, User]
) -> None:
    secret = create_project(OPERATOR, organization=organization, name="Secret plans")
    shared = organization.projects.exclude(pk=secret.pk).get()
    change_role(
        OPERATOR,
        membership=membership_of(team[Role.VIEWER]),
        role=Role.VIEWER,
        projects={secret.pk: Role.VIEWER, shared.pk: Role.VIEWER},
    )
    limited = {shared.pk: Role.DEVELOPER}
    change_role(OPERATOR, membership=membership_of(team[Role.DEVELOPER]), role=Role.DEVELOPER, projects=limited)
    page = signed_in(team[Role.DEVELOPER]).get(URL)
    assert "Secret plans" not in page.content.decode()
    assert {row.title: row.projects for row in page.context["members"]}["Vera Viewer"] == f"{shared.name}, 1 more"


def test_a_stranger_gets_404_and_a_visitor_signs_in(client: Client, as_outsider: Client, organization: Any) -> None:
    for path in (URL, f"{URL}export/", f"{URL}roles/"):
        assert as_outsider.get(path).status_code == 404
        assert client.get(path)["Location"].startswith("/sign-in/")
    assert as_outsider.post(URL, {"q": "olivia"}).status_code == 404


def test_the_role_that_counts_is_shown_whatever_the_directory_noted(
    as_owner: Client, organization: Organization, team: dict[Role, User]
) -> None:
    vera = team[Role.VIEWER]
    directory.note_roles(OPERATOR, organization=organization, roles={vera.pk: "owner"})
    assert "Vera Viewer" in titles(as_owner, "?role=owner")
    rows = {row.title: row.role for row in as_owner.get(URL).context["members"]}
    assert rows["Vera Viewer"] == "Viewer"


def test_a_role_that_no_event_gave_is_shown_as_none(as_owner: Client, team: dict[Role, User]) -> None:
    membership = membership_of(team[Role.VIEWER])
    membership.role = write_access(Access(Role.OWNER), 1)
    membership.save(update_fields=["role"])
    rows = {row.title: row.role for row in as_owner.get(URL).context["members"]}
    assert rows["Vera Viewer"] == "None that counts"


def test_changes_show_at_once(as_owner: Client, organization: Organization, team: dict[Role, User]) -> None:
    change_role(OPERATOR, membership=membership_of(team[Role.VIEWER]), role=Role.ADMIN)
    assert titles(as_owner, "?role=admin") == ["Ada Admin", "Vera Viewer"]
    remove_member(OPERATOR, membership=membership_of(team[Role.ADMIN]))
    assert titles(as_owner, "?role=admin") == ["Vera Viewer"]
    add_member(OPERATOR, organization=organization, user=person("zoe@example.com"), role=Role.ADMIN)
    assert titles(as_owner, "?role=admin") == ["Vera Viewer", "zoe@example.com"]


def test_a_directory_from_before_roles_were_noted_learns_them_at_the_first_filter(
    as_owner: Client, organization: Organization, team: dict[Role, User]
) -> None:
    columns = msgspec.msgpack.decode(pack(directory.page(OPERATOR, organization=organization).entries))
    organization.directory.entries = msgspec.msgpack.encode(columns[:-1])
    organization.directory.save()
    assert titles(as_owner) == ALL
    assert titles(as_owner, "?role=admin") == ["Ada Admin"]


def test_a_name_that_is_markup_stays_text(as_owner: Client, organization: Organization) -> None:
    user = person("x@example.com", name="<script>alert(1)</script>")
    add_member(OPERATOR, organization=organization, user=user, role=Role.VIEWER)
    assert "<script>alert" not in as_owner.get(URL).content.decode()


def test_pages_hold_fifty_and_queries_do_not_grow(
    as_owner: Client, organization: Organization, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        user = User.objects.create_user(f"p{number:02}@example.com", None, name=f"Person {number:02}")
        role = write_access(Access(Role.VIEWER), 1)
        Membership.objects.create(organization=organization, user=user, role=role)
    directory.rebuild(OPERATOR, organization=organization)
    as_owner.get(URL)
    before = LeafBody.objects.count()
    with django_assert_max_num_queries(12):
        page = as_owner.get(URL)
    assert (len(page.context["members"]), page.context["total"]) == (50, 61)
    assert LeafBody.objects.count() == before + 3, "one's own role, the directory, and the roles of the page"
    assert len(titles(as_owner, "?page=2")) == 11
    with django_assert_max_num_queries(12):
        assert len(found(as_owner, "person", "?factor=none&seen=idle")) == 50


def test_a_member_is_seen_once_an_hour(as_owner: Client, owner: User, organization: Organization) -> None:
    as_owner.get(URL)
    seen = membership_of(owner).seen_at
    assert seen
    as_owner.get(URL)
    assert membership_of(owner).seen_at == seen
    Membership.objects.update(seen_at="2026-01-01T00:00Z")
    as_owner.get(URL)
    assert membership_of(owner).seen_at > seen  # type: ignore[operator]


def test_one_member_is_shown_with_the_keys_they_made(as_owner: Client, team: dict[Role, User], project: Any) -> None:
    dan = team[Role.DEVELOPER]
    issue_key(OPERATOR, project=project, name="one", creator=dan)
    page = as_owner.get(f"{URL}{membership_of(dan).pk}/")
    assert (page.context["keys"], page.context["member"].title) == (1, "Dan Developer")
    assert "Change role" in page.content.decode()
    page = signed_in(team[Role.VIEWER]).get(f"{URL}{membership_of(dan).pk}/")
    assert "Change role" not in page.content.decode()
    assert "Second factor" not in page.content.decode()


def test_a_foreign_member_is_like_a_missing_one(as_outsider: Client, owner: User, organization: Organization) -> None:
    mine = membership_of(owner).pk
    foreign = f"/o/outsiders/members/{mine}/"
    for path in (foreign, f"{foreign}removal/", f"{URL}{mine}/", f"{URL}{mine}/removal/"):
        assert as_outsider.get(path).status_code == 404
        assert as_outsider.post(path).status_code in {404, 405}
    assert membership_of(owner)
