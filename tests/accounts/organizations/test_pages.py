"""The pages of an organization and its projects: who sees them, who may do what there, and what it does."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import schedule_deletion
from accounts.models import Deletion, Membership, Organization, Project, Role, User
from accounts.roles import roles_of
from keys.actions import issue_key
from ledger.models import Action, AuditEvent
from tests.accounts.organizations.conftest import BASE, OPERATOR, Give
from tests.usage.test_recording import call
from usage.actions import record_calls

pytestmark = pytest.mark.django_db
PROJECT = {"name": "Search", "retention_days": "7"}
# Route, whether it is looked at, what is posted there, and which role may.
ROUTES: dict[str, tuple[bool, dict[str, str] | None, Role | None]] = {
    "settings/": (True, {"name": "Llamas of Porto"}, Role.ADMIN),
    "settings/leaving/": (True, {}, None),
    "settings/ownership/": (True, {"email": "mira@example.com"}, Role.OWNER),
    "settings/deletion/": (True, {"confirmation": "Llamas of Lisbon"}, Role.OWNER),
    "settings/deletion/cancellation/": (False, {}, Role.OWNER),
    "roles/": (True, None, None),
    "projects/": (True, None, None),
    "projects/new/": (True, PROJECT, Role.ADMIN),
    "projects/default/": (True, PROJECT, Role.ADMIN),
    "projects/default/archival/": (True, {}, Role.ADMIN),
    "projects/default/unarchival/": (False, {}, Role.ADMIN),
}
FOR_EVERYONE_TO_SEE = {"settings/", "projects/default/"}


def answers(client: Client, route: str, base: str = BASE) -> list[Any]:
    looked, posted, _ = ROUTES[route]
    got = [client.get(base + route)] if looked else []
    return [*got, client.post(base + route, posted)] if posted is not None else got


@pytest.mark.parametrize("route", ROUTES)
def test_an_outsider_finds_nothing(as_outsider: Client, project: Project, route: str) -> None:
    assert {answer.status_code for answer in answers(as_outsider, route)} == {404}
    assert Deletion.objects.count() == 0
    assert (Project.objects.get(pk=project.pk).name, project.organization.name) == ("Default", "Llamas of Lisbon")


@pytest.mark.parametrize("route", ROUTES)
def test_a_visitor_is_sent_to_sign_in(client: Client, project: Project, route: str) -> None:
    assert {answer["Location"].partition("?")[0] for answer in answers(client, route)} == {"/sign-in/"}


@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.BILLING, Role.VIEWER])
@pytest.mark.parametrize("route", [route for route, (_, _, role) in ROUTES.items() if role])
def test_a_lower_role_changes_nothing(as_member: Client, project: Project, give: Give, route: str, role: Role) -> None:
    give(role)
    looked, *posted = [answer.status_code for answer in answers(as_member, route)]
    assert looked == (200 if route in FOR_EVERYONE_TO_SEE else 403)
    assert set(posted) <= {403}
    assert not AuditEvent.objects.filter(action__startswith="project:r").exists()
    assert Deletion.objects.count() == 0


@pytest.mark.parametrize("route", [route for route, (_, _, role) in ROUTES.items() if role is Role.OWNER])
def test_what_owners_do_is_closed_to_admins(as_member: Client, give: Give, route: str) -> None:
    give(Role.ADMIN)
    assert {answer.status_code for answer in answers(as_member, route)} == {403}


@pytest.mark.parametrize("route", ["settings/ownership/", "settings/deletion/", "projects/default/archival/"])
def test_what_cannot_be_taken_back_asks_who_it_is(owner: User, project: Project, route: str) -> None:
    client = Client()
    client.force_login(owner)
    for answer in answers(client, route):
        assert answer["Location"].startswith("/account/confirm/")
    assert Project.objects.get().archived_at is None


@pytest.mark.parametrize("route", ["projects/secret-search/", "projects/secret-search/archival/", "projects/nothing/"])
def test_a_project_that_one_is_not_limited_to_is_like_a_missing_one(
    as_member: Client, project: Project, second: Project, give: Give, route: str
) -> None:
    give(Role.DEVELOPER, {project: Role.DEVELOPER})
    assert as_member.get(BASE + route).status_code == 404
    assert as_member.get(BASE + "projects/default/").status_code == 200
    page = as_member.get(BASE + "projects/").content.decode()
    assert "Default" in page
    assert "Secret" not in page


def test_a_limited_member_sees_keys_usage_and_search_results_of_their_projects_alone(
    as_member: Client, project: Project, second: Project, give: Give
) -> None:
    issue_key(OPERATOR, project=project, name="search-mine")
    other, _ = issue_key(OPERATOR, project=second, name="search-unseen")
    give(Role.DEVELOPER, {project: Role.VIEWER})
    for path in ("", "keys/", "keys/?project=secret-search", "usage/", "usage/?group=key"):
        page = as_member.get(BASE + path).content.decode()
        assert "unseen" not in page, path
        assert "Secret" not in page, path
    search = as_member.post(BASE + "palette/", {"q": "search"}).content.decode()
    assert "search-mine" in search
    assert "unseen" not in search
    assert "Secret" not in search
    assert "search-mine" in as_member.get(BASE + "keys/").content.decode()
    assert as_member.get(BASE + "usage/?project=secret-search").status_code == 404
    assert as_member.get(BASE + "usage/usage.csv?project=secret-search").status_code == 404
    assert as_member.get(f"{BASE}keys/new/").status_code == 403
    give(Role.DEVELOPER, {project: Role.DEVELOPER})
    assert as_member.get(f"{BASE}keys/{other.pk}/revocation/").status_code == 404


def test_a_role_in_a_project_says_what_one_may_there(
    as_member: Client, project: Project, second: Project, give: Give
) -> None:
    mine, _ = issue_key(OPERATOR, project=project, name="mine")
    seen, _ = issue_key(OPERATOR, project=second, name="seen")
    give(Role.DEVELOPER, {project: Role.DEVELOPER, second: Role.VIEWER})
    page = as_member.get(f"{BASE}keys/").content.decode()
    assert f'name="key" value="{mine.pk}"' in page
    assert f'name="key" value="{seen.pk}"' not in page
    assert as_member.get(f"{BASE}keys/{seen.pk}/revocation/").status_code == 403
    assert (
        as_member.post(f"{BASE}keys/new/", {"name": "x", "project": "secret-search", "scopes": ["chat"]}).status_code
        == 422
    )
    assert (
        as_member.post(f"{BASE}keys/new/", {"name": "x", "project": "default", "scopes": ["chat"]}).status_code == 200
    )


def test_usage_of_other_projects_is_in_no_sum_and_no_file(
    as_member: Client, as_owner: Client, organization: Organization, project: Project, second: Project, give: Give
) -> None:
    at = timezone.now()
    for where, tokens in ((project, 11), (second, 7000)):
        ids = {"organization_id": organization.pk, "project_id": where.pk, "started_at": at}
        record_calls([call(**ids, prompt_tokens=tokens)])
    give(Role.VIEWER, {project: Role.VIEWER})
    limited, whole = (client.get(f"{BASE}usage/usage.csv").content.decode() for client in (as_member, as_owner))
    assert ",7011," in whole
    assert ",11," in limited
    assert "7,000" not in as_member.get(BASE).content.decode()
    assert "7,000" in as_owner.get(BASE).content.decode()


def test_the_first_request_of_an_unseen_project_ends_the_waiting(
    as_member: Client, organization: Organization, project: Project, second: Project, give: Give
) -> None:
    give(Role.VIEWER, {project: Role.VIEWER})
    assert as_member.get(f"{BASE}first-request/").status_code == 200
    record_calls([call(organization_id=organization.pk, project_id=second.pk)])
    assert as_member.get(f"{BASE}first-request/").status_code == 286
    record_calls([call(organization_id=organization.pk, project_id=project.pk)])
    assert as_member.get(f"{BASE}first-request/")["HX-Refresh"] == "true"


def test_the_organization_is_renamed_and_its_address_stays(as_owner: Client, organization: Organization) -> None:
    for _ in range(2):
        assert as_owner.post(f"{BASE}settings/", {"name": "Llamas of Porto"})["Location"] == f"{BASE}settings/"
    organization.refresh_from_db()
    assert (organization.name, organization.slug) == ("Llamas of Porto", "llamas-of-lisbon")
    assert AuditEvent.objects.filter(action=Action.ORGANIZATION_RENAMED).count() == 1
    assert as_owner.post(f"{BASE}settings/", {"name": "a\u202eb"}).status_code == 422


def test_whoever_makes_an_organization_owns_it(as_member: Client, member: User) -> None:
    made = as_member.post("/organizations/new/", {"name": "Alpacas", "project": "First"})
    assert made["Location"] == "/o/alpacas/"
    assert "Your role here is owner" in as_member.get("/o/alpacas/settings/").content.decode()
    assert as_member.get("/organizations/new/").status_code == 200
    assert 'href="/o/alpacas/"' in as_member.get(BASE).content.decode()  # the switcher


def test_nobody_fills_the_installation_with_organizations(as_member: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.views.organizations.creation.MOST", 1)
    assert as_member.post("/organizations/new/", {"name": "Alpacas", "project": "First"}).status_code == 422


def test_a_member_leaves(as_member: Client, member: User, organization: Organization) -> None:
    assert as_member.get(f"{BASE}settings/leaving/").status_code == 200
    assert as_member.post(f"{BASE}settings/leaving/", follow=True).status_code == 200
    assert not Membership.objects.filter(user=member).exists()
    assert as_member.get(BASE).status_code == 404


def test_the_only_owner_is_told_what_to_do_instead(as_owner: Client, organization: Organization) -> None:
    answer = as_owner.post(f"{BASE}settings/leaving/")
    assert answer.status_code == 409
    assert "Hand the organization over first" in answer.content.decode()


@pytest.mark.parametrize("email", ["otto@example.com", "olivia@example.com", "nobody@example.com"])
def test_handing_over_needs_another_member(as_owner: Client, member: User, outsider: User, email: str) -> None:
    answer = as_owner.post(f"{BASE}settings/ownership/", {"email": email})
    assert answer.status_code == 422
    assert "No other member has this address" in answer.content.decode()


def test_nothing_is_handed_over_to_who_is_about_to_go(
    as_owner: Client, member: User, organization: Organization
) -> None:
    schedule_deletion(OPERATOR, subject=member)
    answer = as_owner.post(f"{BASE}settings/ownership/", {"email": "mira@example.com"})
    assert answer.status_code == 422
    assert "about to be deleted" in answer.content.decode()
    assert roles_of(OPERATOR, organization)[member.pk] is Role.VIEWER


def test_the_owner_hands_over(as_owner: Client, as_member: Client) -> None:
    assert as_owner.post(f"{BASE}settings/ownership/", {"email": "MIRA@example.com"})["Location"] == f"{BASE}settings/"
    assert as_owner.get(f"{BASE}settings/ownership/").status_code == 403
    assert as_member.get(f"{BASE}settings/ownership/").status_code == 200


def test_the_owner_deletes_gets_the_link_and_cancels(
    as_owner: Client, as_member: Client, organization: Organization, client: Client
) -> None:
    assert as_owner.post(f"{BASE}settings/deletion/", {"confirmation": "Llamas"}).status_code == 422
    assert as_owner.post(f"{BASE}settings/deletion/", {"confirmation": "llamas of lisbon"}).status_code == 302
    page = as_owner.get(f"{BASE}settings/deletion/").content.decode()
    link = page.partition('dir="ltr">')[2].partition("<")[0]
    assert client.get("/" + link.split("/", 3)[3]).status_code == 200
    for each in (as_owner, as_member):
        assert "This organization will be deleted on" in each.get(BASE).content.decode()
    assert as_owner.post(f"{BASE}settings/deletion/", {"confirmation": "Llamas of Lisbon"}).status_code == 200
    assert Deletion.objects.count() == 1
    assert as_member.post(f"{BASE}settings/deletion/cancellation/").status_code == 403
    assert as_owner.post(f"{BASE}settings/deletion/cancellation/")["Location"] == f"{BASE}settings/"
    assert "will be deleted" not in as_owner.get(BASE).content.decode()
    again = as_owner.post(f"{BASE}settings/deletion/cancellation/")
    assert "nothing to cancel" in str(next(iter(get_messages(again.wsgi_request))))


def test_the_shell_asks_for_no_more_with_a_deletion(
    as_owner: Client, organization: Organization, owner: User, django_assert_num_queries: Any
) -> None:
    as_owner.get(f"{BASE}roles/")
    with CaptureQueriesContext(connection) as before:
        as_owner.get(f"{BASE}roles/")
    schedule_deletion(OPERATOR, subject=organization, requested_by=owner)
    with django_assert_num_queries(len(before)):
        as_owner.get(f"{BASE}roles/")


def test_the_table_of_roles_says_ones_own(as_member: Client, project: Project, give: Give) -> None:
    give(Role.DEVELOPER, {project: Role.VIEWER})
    page = as_member.get(f"{BASE}roles/").content.decode()
    assert "Your role is developer" in page
    assert "<b>Default</b> viewer" in page


def test_the_table_of_roles_stands_beside_the_members_for_who_manages_them(
    as_owner: Client, as_member: Client, project: Project
) -> None:
    here = f'href="{BASE}members/" aria-current="page"'
    for client, tabs in ((as_owner, True), (as_member, False)):
        page = client.get(f"{BASE}roles/").content.decode()
        assert here in page
        assert ('class="segment tabs"' in page) is tabs
