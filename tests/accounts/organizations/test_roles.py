"""Giving and taking roles: the rules hold in the actions, for whoever calls them."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from accounts import directory
from accounts.actions import (
    LastOwner,
    UnknownProject,
    add_member,
    change_role,
    leave_organization,
    remove_member,
    transfer_ownership,
)
from accounts.models import Membership, Organization, Project, Role, User
from accounts.policy import Access
from accounts.roles import MOST_PROJECTS, access_of, given_role
from keys.actions import issue_key
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent, LeafBody
from tests.accounts.organizations.conftest import OPERATOR, Give
from tests.conftest import person
from tests.support.acting import acting as acting_as
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db


def membership_of(user: User, organization: Organization) -> Membership:
    return Membership.objects.get(user=user, organization=organization)


def roles(organization: Organization) -> dict[User, Role]:
    found = access_of(OPERATOR, organization)
    return {user: found[user.pk].role for user in User.objects.filter(pk__in=found)}


def test_an_admin_gives_what_they_have_and_no_more(organization: Organization, admin: User, member: User) -> None:
    actor, membership = Actor.user(admin.pk), membership_of(member, organization)
    for role in (Role.ADMIN, Role.DEVELOPER, Role.BILLING, Role.VIEWER):
        change_role(actor, membership=membership, role=role)
        assert roles(organization)[member] is role
    with pytest.raises(PermissionDenied):
        change_role(actor, membership=membership, role=Role.OWNER)
    with pytest.raises(PermissionDenied):
        change_role(actor, membership=membership_of(admin, organization), role=Role.OWNER)
    assert roles(organization)[member] is Role.VIEWER


def test_an_admin_neither_demotes_nor_removes_an_owner(organization: Organization, owner: User, admin: User) -> None:
    add_member(OPERATOR, organization=organization, user=person("ona@example.com"), role=Role.OWNER)
    with pytest.raises(PermissionDenied):
        change_role(Actor.user(admin.pk), membership=membership_of(owner, organization), role=Role.ADMIN)
    with pytest.raises(PermissionDenied):
        remove_member(Actor.user(admin.pk), membership=membership_of(owner, organization))


@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.BILLING, Role.VIEWER])
def test_lower_roles_give_and_take_nothing_not_even_their_own(
    organization: Organization, admin: User, member: User, give: Give, role: Role
) -> None:
    own = give(role)
    other = add_member(OPERATOR, organization=organization, user=person("vic@example.com"), role=Role.VIEWER)
    for membership in (own, other):
        with pytest.raises(PermissionDenied):
            change_role(Actor.user(member.pk), membership=membership, role=Role.VIEWER)
        with pytest.raises(PermissionDenied):
            remove_member(Actor.user(member.pk), membership=membership)


def test_somebody_outside_gives_and_takes_nothing(organization: Organization, member: User, outsider: User) -> None:
    membership = membership_of(member, organization)
    with pytest.raises(PermissionDenied):
        change_role(Actor.user(outsider.pk), membership=membership, role=Role.VIEWER, projects={})
    with pytest.raises(PermissionDenied):
        remove_member(Actor.user(outsider.pk), membership=membership)
    with pytest.raises(PermissionDenied):
        leave_organization(Actor.user(outsider.pk), membership=membership)


def test_the_only_owner_stays_one(organization: Organization, owner: User) -> None:
    own, actor = membership_of(owner, organization), Actor.user(owner.pk)
    with pytest.raises(LastOwner):
        change_role(actor, membership=own, role=Role.ADMIN)
    with pytest.raises(LastOwner):
        remove_member(OPERATOR, membership=own)
    with pytest.raises(LastOwner):
        leave_organization(actor, membership=own)
    assert roles(organization) == {owner: Role.OWNER}


def test_who_is_removed_is_told_found_by_no_search_and_keeps_their_keys_running(
    organization: Organization, project: Project, owner: User, member: User
) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci", creator=member)
    remove_member(Actor.user(owner.pk), membership=membership_of(member, organization))
    send_all()
    assert [letter.subject for letter in mail.outbox if letter.to == ["mira@example.com"]] == [
        "You no longer belong to Llamas of Lisbon"
    ]
    assert directory.search(OPERATOR, organization=organization, text="mira") == []
    assert find_caller(secret) is not None
    key.refresh_from_db()
    assert key.created_by == member
    event = AuditEvent.objects.get(action=Action.MEMBER_REMOVED)
    assert (event.target, event.payload) == (str(member.pk), {"version": 2, "commitment": ""})


def test_who_left_and_is_invited_again_has_the_next_version(
    organization: Organization, owner: User, member: User
) -> None:
    leave_organization(Actor.user(member.pk), membership=membership_of(member, organization))
    add_member(Actor.user(owner.pk), organization=organization, user=member, role=Role.DEVELOPER)
    assert given_role(organization.pk, member.pk).version == 3
    assert acting_as(member, organization).role is Role.DEVELOPER
    send_all()
    assert mail.outbox == []  # who leaves knows it


def test_a_limit_holds_from_the_next_request_on_and_is_one_opening(
    organization: Organization, member: User, project: Project, second: Project, give: Give
) -> None:
    give(Role.DEVELOPER, {project: Role.VIEWER})
    acting = acting_as(member, organization)
    before = LeafBody.objects.filter(tenant=organization.pk).count()
    assert list(acting.projects()) == [project]
    assert acting.access == Access(Role.DEVELOPER, {project.pk: Role.VIEWER})
    assert LeafBody.objects.filter(tenant=organization.pk).count() == before + 1
    give(Role.DEVELOPER)
    assert set(acting_as(member, organization).projects()) == {project, second}


def test_the_event_of_a_limit_does_not_name_the_projects(
    organization: Organization, project: Project, give: Give
) -> None:
    give(Role.DEVELOPER, {project: Role.VIEWER})
    event = AuditEvent.objects.filter(action=Action.MEMBER_ROLE_CHANGED).latest("pk")
    assert set(event.payload) == {"version", "commitment"}
    assert str(project.pk) not in str(event.payload)


def test_a_limit_names_the_organizations_own_projects(
    organization: Organization, member: User, outsider: User, give: Give
) -> None:
    foreign = Project.objects.get(organization__slug="outsiders")
    for projects in ({foreign.pk: Role.VIEWER}, {new_id(): Role.VIEWER}):
        with pytest.raises(UnknownProject):
            change_role(OPERATOR, membership=membership_of(member, organization), role=Role.VIEWER, projects=projects)
    many = Project.objects.bulk_create(
        Project(organization=organization, name=str(n), slug=str(n)) for n in range(MOST_PROJECTS + 1)
    )
    with pytest.raises(UnknownProject):
        give(Role.VIEWER, dict.fromkeys(many, Role.VIEWER))
    give(Role.VIEWER, dict.fromkeys(many[:MOST_PROJECTS], Role.VIEWER))
    assert acting_as(member, organization).projects().count() == MOST_PROJECTS


def test_the_same_role_again_is_no_change(organization: Organization, member: User, give: Give) -> None:
    give(Role.VIEWER)
    assert given_role(organization.pk, member.pk).version == 1


def test_handing_over_is_one_step_and_both_are_told(organization: Organization, owner: User, member: User) -> None:
    transfer_ownership(Actor.user(owner.pk), organization=organization, owner=owner, to=member)
    assert roles(organization) == {owner: Role.ADMIN, member: Role.OWNER}
    send_all()
    assert {letter.to[0] for letter in mail.outbox} == {"olivia@example.com", "mira@example.com"}
    event = AuditEvent.objects.get(action=Action.OWNERSHIP_TRANSFERRED)
    assert (event.target, event.payload) == (str(member.pk), {"former": str(owner.pk)})


def test_who_is_no_owner_hands_nothing_over(
    organization: Organization, owner: User, admin: User, outsider: User
) -> None:
    with pytest.raises(PermissionDenied):
        transfer_ownership(Actor.user(admin.pk), organization=organization, owner=admin, to=owner)
    for to in (outsider, owner):
        with pytest.raises(Membership.DoesNotExist):
            transfer_ownership(Actor.user(owner.pk), organization=organization, owner=owner, to=to)
    assert roles(organization) == {owner: Role.OWNER, admin: Role.ADMIN}
