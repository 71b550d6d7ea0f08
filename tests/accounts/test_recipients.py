"""Whom messages to an organization go to, and what a member hears of their own role."""

from typing import Any

import pytest
from django.core import mail
from django.db.models import QuerySet

from accounts.actions import add_member, change_role
from accounts.models import Membership, Organization, Role, User
from accounts.recipients import of_billing, of_managers, of_owners
from ledger.actor import Actor
from ledger.models import LeafBody
from notifications.models import OutboxMessage
from notifications.telling import tell
from tests.accounts.billing_contacts.conftest import ADDRESS
from tests.accounts.billing_contacts.conftest import add as add
from tests.conftest import person
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


@pytest.fixture
def team(organization: Organization, owner: User) -> dict[Role, User]:
    """Somebody of each role."""
    people = {Role.OWNER: owner}
    for role in (Role.ADMIN, Role.DEVELOPER, Role.BILLING, Role.VIEWER):
        people[role] = person(f"{role}@example.com")
        add_member(OPERATOR, organization=organization, user=people[role], role=role)
    return people


def test_money_is_told_to_confirmed_contacts_owners_and_billing_members(
    organization: Organization, team: dict[Role, User], add: Any
) -> None:
    confirmed, _ = add(confirmed=True), add("waits@payers.example")
    assert of_billing(organization) == [confirmed.pk, team[Role.OWNER].pk, team[Role.BILLING].pk]
    assert of_owners(organization) == [team[Role.OWNER].pk]
    assert of_managers(organization) == [team[Role.OWNER].pk, team[Role.ADMIN].pk]


def test_all_roles_open_in_one_scope_each_time(organization: Organization, team: dict[Role, User]) -> None:
    before = LeafBody.objects.filter(tenant=organization.pk).count()
    of_billing(organization)
    of_billing(organization)
    new = LeafBody.objects.filter(tenant=organization.pk).order_by("position")[before:]
    assert [(leaf.purpose, leaf.actor) for leaf in new] == [("authorization", "system:notifications")] * 2
    memberships = organization.memberships.values_list("pk", flat=True)
    assert all(str(pk) in leaf.text for pk in memberships for leaf in new)


def test_a_change_of_role_counts_at_once_and_an_older_record_does_not(
    organization: Organization, team: dict[Role, User]
) -> None:
    membership = Membership.objects.get(user=team[Role.ADMIN])
    former = membership.role.record()
    change_role(OPERATOR, membership=membership, role=Role.VIEWER)
    assert of_managers(organization) == [team[Role.OWNER].pk]
    membership.refresh_from_db()
    membership.role._record = former
    membership.save()
    assert of_managers(organization) == [team[Role.OWNER].pk]


def test_an_organization_of_nobody_is_told_nothing(organization: Organization) -> None:
    organization.memberships.all().delete()
    assert of_billing(organization) == of_owners(organization) == []


def test_foreign_members_and_contacts_are_not_told(organization: Organization, outsider: User, add: Any) -> None:
    add(confirmed=True)
    other = Organization.objects.visible_to(outsider).get()
    assert of_billing(other) == [outsider.pk]


def test_asking_for_recipients_takes_few_queries(
    organization: Organization, team: dict[Role, User], django_assert_max_num_queries: Any
) -> None:
    of_billing(organization)  # the unsealer learns the organization's key
    with django_assert_max_num_queries(3):
        of_billing(organization)


def opened_to_tell() -> QuerySet[LeafBody]:
    return LeafBody.objects.filter(actor="system:notifications", text__contains="Membership.role")


def test_a_member_is_told_of_their_new_role_and_it_opens_at_sending(organization: Organization, member: User) -> None:
    membership = Membership.objects.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.ADMIN)
    assert not opened_to_tell().exists()
    send_all()
    (letter,) = mail.outbox
    assert letter.to == ["mira@example.com"]
    assert organization.name in letter.subject
    assert "admin" in letter.body
    assert (opened_to_tell().get().purpose, opened_to_tell().get().tenant) == ("team-administration", organization.pk)


def test_who_left_meanwhile_is_told_nothing_and_nothing_opens(organization: Organization, member: User) -> None:
    change_role(OPERATOR, membership=Membership.objects.get(user=member), role=Role.ADMIN)
    Membership.objects.filter(user=member).delete()
    send_all()
    assert mail.outbox == []
    assert not opened_to_tell().exists()


def test_each_recipient_of_money_gets_a_letter(organization: Organization, owner: User, add: Any) -> None:
    add(confirmed=True)
    mail.outbox.clear()
    assert tell("role-changed", owner.pk, of_billing(organization)) == 2
    assert OutboxMessage.objects.filter(sent_at=None).count() == 2
    assert ADDRESS not in str(OutboxMessage.objects.values())
