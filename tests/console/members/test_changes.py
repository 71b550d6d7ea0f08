"""Changing and removing members, one or many: all of them or none."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.actions import change_role
from accounts.models import Membership, Organization, Project, Role, User
from accounts.policy import Access
from ledger.models import AuditEvent
from notifications.models import OutboxMessage
from tests.console.members.conftest import OPERATOR, URL, membership_of, signed_in
from tests.support.acting import acting as acting_as

pytestmark = pytest.mark.django_db
ROLES = f"{URL}roles/"
FORM = {"role": "billing", "reach": "every"}


def ids(*users: User) -> list[str]:
    return [str(membership_of(user).pk) for user in users]


def role_of(user: User) -> Role:
    return acting_as(user, Organization.objects.get(slug="llamas-of-lisbon")).role


def test_several_roles_change_at_once_and_each_member_is_told(as_owner: Client, team: dict[Role, User]) -> None:
    people = [team[Role.DEVELOPER], team[Role.VIEWER], team[Role.BILLING]]
    page = as_owner.get(ROLES, {"member": ids(*people)})
    assert {row["member"].title for row in page.context["rows"]} == {"Dan Developer", "Vera Viewer", "bill@example.com"}
    assert as_owner.post(ROLES, {**FORM, "member": ids(*people)})["Location"] == URL
    assert [role_of(user) for user in people] == [Role.BILLING] * 3
    told = OutboxMessage.objects.filter(kind="role-changed").values_list("recipient_id", flat=True)
    assert set(told) == {team[Role.DEVELOPER].pk, team[Role.VIEWER].pk}, "who had the role before hears nothing"
    assert AuditEvent.objects.filter(action="member:role-changed").count() == 2


@pytest.mark.parametrize("wrong", ["foreign", "missing", "no id"])
def test_with_one_foreign_id_none_is_changed(
    as_owner: Client, team: dict[Role, User], outsider: User, wrong: str
) -> None:
    other = {"foreign": str(membership_of(outsider).pk), "missing": str(uuid4()), "no id": "x"}[wrong]
    asked = [*ids(team[Role.VIEWER]), other]
    for answer in (as_owner.get(ROLES, {"member": asked}), as_owner.post(ROLES, {**FORM, "member": asked})):
        assert answer.status_code == 404
    assert role_of(team[Role.VIEWER]) is Role.VIEWER


def test_with_one_who_is_above_oneself_none_is_changed(team: dict[Role, User], owner: User) -> None:
    client = signed_in(team[Role.ADMIN])
    asked = ids(team[Role.VIEWER], owner)
    page = client.post(ROLES, {**FORM, "member": asked})
    assert page.status_code == 422
    verdicts = {row["member"].title: bool(row["verdict"]) for row in page.context["rows"]}
    assert verdicts == {"Olivia Owner": True, "Vera Viewer": False}
    assert (role_of(owner), role_of(team[Role.VIEWER])) == (Role.OWNER, Role.VIEWER)


def test_an_admin_makes_nobody_an_owner(team: dict[Role, User]) -> None:
    client = signed_in(team[Role.ADMIN])
    answer = client.post(ROLES, {**FORM, "role": "owner", "member": ids(team[Role.ADMIN])})
    assert answer.status_code == 422
    assert role_of(team[Role.ADMIN]) is Role.ADMIN


def test_the_last_owners_stay_owners(as_owner: Client, team: dict[Role, User], owner: User) -> None:
    as_owner.post(ROLES, {**FORM, "role": "owner", "member": ids(team[Role.ADMIN])})
    page = as_owner.post(ROLES, {**FORM, "member": ids(owner, team[Role.ADMIN])})
    assert (page.status_code, "all the owners there are" in page.content.decode()) == (422, True)
    assert (role_of(owner), role_of(team[Role.ADMIN])) == (Role.OWNER, Role.OWNER)
    assert as_owner.post(ROLES, {**FORM, "member": ids(owner)})["Location"] == URL
    assert role_of(owner) is Role.BILLING


def test_the_form_begins_with_what_one_member_has(as_owner: Client, team: dict[Role, User], project: Project) -> None:
    limited = {project.pk: Role.VIEWER}
    change_role(OPERATOR, membership=membership_of(team[Role.VIEWER]), role=Role.VIEWER, projects=limited)
    page = as_owner.get(ROLES, {"member": ids(team[Role.VIEWER])})
    form = page.context["form"]
    assert (form["role"].value(), form["reach"].value(), form.chosen) == ("viewer", "some", {project.pk})
    assert as_owner.get(ROLES, {"member": ids(team[Role.ADMIN])}).context["form"]["role"].value() == "admin"
    narrowed = {"role": "viewer", "reach": "some", "projects": str(project.pk), "member": ids(team[Role.DEVELOPER])}
    assert as_owner.post(ROLES, narrowed)["Location"] == URL
    assert acting_as(team[Role.DEVELOPER], Organization.objects.get(slug="llamas-of-lisbon")).access == Access(
        Role.VIEWER, limited
    )


def test_nobody_and_too_many_are_refused(as_owner: Client, team: dict[Role, User]) -> None:
    assert as_owner.get(ROLES)["Location"] == URL
    assert as_owner.post(ROLES, {**FORM, "member": [str(uuid4()) for _ in range(51)]}).status_code == 404


def test_a_lower_role_changes_and_removes_nobody(team: dict[Role, User], owner: User) -> None:
    for role in (Role.VIEWER, Role.DEVELOPER, Role.BILLING):
        client = signed_in(team[role])
        removal = f"{URL}{membership_of(owner).pk}/removal/"
        answers = [client.get(ROLES, {"member": ids(owner)}), client.post(ROLES, {**FORM, "member": ids(owner)})]
        answers += [client.get(removal), client.post(removal), client.get(f"{URL}export/")]
        assert {answer.status_code for answer in answers} == {403}
    assert Membership.objects.filter(organization__slug="llamas-of-lisbon").count() == 5


def test_changes_ask_who_one_is_and_come_back(owner: User, team: dict[Role, User]) -> None:
    client = Client()
    client.force_login(owner)
    removal = f"{URL}{membership_of(team[Role.VIEWER]).pk}/removal/"
    asked = [client.get(ROLES, {"member": ids(team[Role.VIEWER])}), client.get(removal), client.get(f"{URL}export/")]
    asked += [client.post(ROLES, {**FORM, "member": ids(team[Role.VIEWER])}), client.post(removal)]
    assert all(answer["Location"].startswith("/account/confirm/?next=") for answer in asked)
    assert role_of(team[Role.VIEWER]) is Role.VIEWER


def test_a_removed_member_is_out_and_told(as_owner: Client, team: dict[Role, User], organization: Organization) -> None:
    vera = team[Role.VIEWER]
    removal = f"{URL}{membership_of(vera).pk}/removal/"
    assert "Vera Viewer" in as_owner.get(removal).content.decode()
    assert as_owner.post(removal)["Location"] == URL
    assert signed_in(vera).get(URL).status_code == 404
    assert OutboxMessage.objects.filter(kind="removed-from-organization", recipient_id=vera.pk).exists()
    assert as_owner.post(removal).status_code == 404


def test_neither_the_last_owner_nor_who_is_above_oneself_is_removed(
    as_owner: Client, team: dict[Role, User], owner: User
) -> None:
    removal = f"{URL}{membership_of(owner).pk}/removal/"
    assert "only owner" in as_owner.post(removal, follow=True).content.decode()
    assert signed_in(team[Role.ADMIN]).post(removal).status_code == 403
    assert membership_of(owner)
