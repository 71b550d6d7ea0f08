"""`check_roles` finds each membership whose role no recorded change of role gave."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import add_member, change_role
from accounts.models import Membership, Organization, Role, User
from accounts.policy import Access
from accounts.role_audit import ungiven_roles
from accounts.roles import commit_role, write_access
from ledger.actor import Actor
from ledger.models import Action, AuditEvent, LeafBody, PendingEvent
from tests.conftest import person
from vault.sealed import Sealed
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def ungiven() -> list[Membership]:
    return list(ungiven_roles(OPERATOR))


def seal(user: User, text: str) -> Membership:
    """Seal a role and put it into the row, as who holds the socket and the console's database can."""
    membership = Membership.objects.get(user=user)
    membership.role = text  # type: ignore[assignment]
    membership.save(update_fields=["role"])
    return membership


def insert_event(membership: Membership, version: int, commitment: str) -> AuditEvent:
    ids = {"target": str(membership.user_id), "organization_id": membership.organization_id}
    payload = {"version": version, "commitment": commitment}
    return AuditEvent.objects.create(actor="system:x", action=Action.MEMBER_ROLE_CHANGED, payload=payload, **ids)


def test_roles_that_the_program_gave_are_found_in_order(organization: Organization, member: User) -> None:
    change_role(OPERATOR, membership=Membership.objects.get(user=member), role=Role.ADMIN)
    assert ungiven() == []
    out = StringIO()
    call_command("check_roles", stdout=out)
    assert "Every role was given" in out.getvalue()


@pytest.mark.parametrize("text", ["1 {0} owner", "2 {0} viewer", "owner", "nonsense"])
def test_a_role_that_was_only_sealed_is_found(organization: Organization, member: User, text: str) -> None:
    assert ungiven() == []
    membership = seal(member, text.format("0" * 32))
    assert ungiven() == [membership]
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("check_roles", stdout=out)
    assert f"No event gave {member.pk} the role" in out.getvalue()


def test_a_role_whose_event_was_only_written_beside_the_log_is_found(organization: Organization, member: User) -> None:
    text = write_access(Access(Role.OWNER), 2)
    membership = seal(member, text)
    event = insert_event(membership, 2, commit_role(text, organization.pk, member.pk))
    assert ungiven() == [membership]
    # Put into the queue it becomes a leaf, which the organization reads.
    PendingEvent.objects.create(event=event)
    assert ungiven() == []
    assert LeafBody.objects.get(event=event.pk).tenant == organization.pk


def test_a_leaf_of_another_event_stands_for_no_role(organization: Organization, member: User) -> None:
    text = write_access(Access(Role.OWNER), 2)
    membership = seal(member, text)
    event = insert_event(membership, 2, "0" * 64)
    PendingEvent.objects.create(event=event)
    assert ungiven() == [membership]


def test_a_record_that_does_not_open_is_found_beside_the_others(organization: Organization, member: User) -> None:
    membership = Membership.objects.get(user=member)
    record = bytearray(membership.role.record())
    record[-1] ^= 1
    Membership.objects.filter(pk=membership.pk).update(role=_raw(membership, bytes(record)))
    assert ungiven() == [membership]


def _raw(membership: Membership, record: bytes) -> Any:
    value: Sealed[Any] = Sealed(Membership._meta.get_field("role"), record)  # type: ignore[arg-type]
    value.owner = membership
    return value


def test_an_unsealer_that_is_away_finds_nothing_and_says_so(
    organization: Organization, settings: Any, tmp_path: Any
) -> None:
    ungiven()
    settings.UNSEALER_SOCKET = tmp_path / "nobody.sock"
    unsealer.cache_clear()
    with pytest.raises(CommandError, match="does not answer"):
        call_command("check_roles")


def test_more_members_take_no_more_queries(organization: Organization, member: User) -> None:
    ungiven()
    with CaptureQueriesContext(connection) as few:
        ungiven()
    for number in range(5):
        add_member(OPERATOR, organization=organization, user=person(f"m{number}@example.com"), role=Role.VIEWER)
    ungiven()
    with CaptureQueriesContext(connection) as more:
        assert ungiven() == []
    assert len(few) == len(more)
