"""A role counts in its newest version alone."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.actions import change_role
from accounts.membership import Acting
from accounts.models import Membership, Organization, Role, User
from accounts.policy import Permission
from accounts.roles import newest_version, read_role
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


def role_of(user: User, organization: Organization) -> Role:
    return Acting.in_organization(user, organization.slug).role


def test_a_change_of_role_counts_from_the_next_request_on(organization: Organization, member: User) -> None:
    membership = Membership.objects.get(user=member)
    for role in (Role.ADMIN, Role.OWNER, Role.VIEWER):
        change_role(Actor.operator(), membership=membership, role=role)
        assert role_of(member, organization) is role
    with pytest.raises(PermissionDenied):
        Acting.in_organization(member, organization.slug).require(Permission.DATA_ACCESS)


def test_each_change_has_its_event_and_the_next_version(organization: Organization, member: User) -> None:
    change_role(Actor.operator(), membership=Membership.objects.get(user=member), role=Role.ADMIN)
    events = AuditEvent.objects.filter(target=str(member.pk)).order_by("pk")
    assert [(event.action, event.payload) for event in events if event.payload] == [
        (Action.MEMBER_ADDED, {"version": 1}),
        (Action.MEMBER_ROLE_CHANGED, {"version": 2}),
    ]
    assert newest_version(organization.pk, member.pk) == 2


def test_a_role_that_was_sealed_again_still_counts(organization: Organization, owner: User) -> None:
    membership = organization.memberships.get()
    (record,) = unsealer().reseal("operator:command-line", [membership.role.message()])
    assert record != membership.role.record()
    membership.role._record = record
    membership.save()
    assert role_of(owner, organization) is Role.OWNER


def test_a_role_from_before_there_were_versions_reads_as_version_0() -> None:
    assert read_role("owner") == (Role.OWNER, 0)
    assert read_role("12 owner") == (Role.OWNER, 12)
