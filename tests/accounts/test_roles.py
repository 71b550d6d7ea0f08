"""A role counts in its newest version alone, and only if an event gave it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.actions import change_role
from accounts.models import Membership, Organization, Role, User
from accounts.policy import Access, Permission
from accounts.roles import commit_role, given_role, given_roles, read_access, write_access
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.support.acting import acting
from tests.vault.rotation.support import opened
from vault.errors import VaultError
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


def role_of(user: User, organization: Organization) -> Role:
    return acting(user, organization).role


def test_a_change_of_role_counts_from_the_next_request_on(organization: Organization, member: User) -> None:
    membership = Membership.objects.get(user=member)
    for role in (Role.ADMIN, Role.OWNER, Role.VIEWER):
        change_role(Actor.operator(), membership=membership, role=role)
        assert role_of(member, organization) is role
    with pytest.raises(PermissionDenied):
        acting(member, organization).require(Permission.DATA_ACCESS)


def test_each_change_has_its_event_and_the_next_version(organization: Organization, member: User) -> None:
    change_role(Actor.operator(), membership=Membership.objects.get(user=member), role=Role.ADMIN)
    events = AuditEvent.objects.filter(target=str(member.pk)).order_by("pk")
    assert [(event.action, event.payload["version"]) for event in events if event.payload] == [
        (Action.MEMBER_ADDED, 1),
        (Action.MEMBER_ROLE_CHANGED, 2),
    ]
    assert given_role(organization.pk, member.pk).version == 2


def test_an_event_stands_for_its_role_and_tells_nobody_which_it_is(organization: Organization, member: User) -> None:
    text = opened(Membership.objects.get(user=member), "role")
    event = AuditEvent.objects.get(target=str(member.pk), action=Action.MEMBER_ADDED)
    assert event.payload["commitment"] == commit_role(text, organization.pk, member.pk)
    assert write_access(Access(Role.VIEWER), 1) != write_access(Access(Role.VIEWER), 1)
    for place in ((member.pk, organization.pk), (organization.pk, organization.pk)):
        assert commit_role(text, *place) != event.payload["commitment"]


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": []},
        {"payload": "version"},
        {"payload": {"version": "9", "commitment": "x"}},
        {"payload": {"version": 9}},
        {"target": "somebody"},
        {"action": Action.SIGNED_IN},
    ],
)
def test_an_event_that_the_program_never_wrote_changes_nothing(
    organization: Organization, owner: User, changes: dict[str, Any]
) -> None:
    said = {"actor": "system:x", "action": Action.MEMBER_ADDED, "target": str(owner.pk)}
    usual = {**said, "organization_id": organization.pk, "payload": {"version": 9, "commitment": "x"}}
    AuditEvent.objects.create(**(usual | changes))
    assert role_of(owner, organization) is Role.OWNER
    assert given_roles(organization.pk)[owner.pk].version == 1


def test_a_role_that_was_sealed_again_still_counts(organization: Organization, owner: User) -> None:
    membership = organization.memberships.get()
    (record,) = unsealer().reseal("operator:command-line", [membership.role.message()])
    assert record != membership.role.record()
    membership.role._record = record
    membership.save()
    assert role_of(owner, organization) is Role.OWNER


@pytest.mark.parametrize("text", ["owner", "12 owner x", "", "one f00 owner", "1 f00 emperor"])
def test_what_is_no_role_reads_as_none(text: str) -> None:
    with pytest.raises(VaultError, match="no role"):
        read_access(text)
    assert read_access("12 f00 owner") == (Access(Role.OWNER), 12)
