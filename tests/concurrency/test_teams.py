"""What happens at the same moment to owners, deletions, projects and invitations.

Each test names the lock or constraint that it proves.
On SQLite every writing transaction takes the one write lock first (IMMEDIATE), which serves as all of them.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.actions import (
    LastOwner,
    accept,
    add_member,
    cancel_deletion,
    change_role,
    create_organization,
    create_project,
    erase_user,
    hash_token,
    invite,
    leave_organization,
    remove_member,
    schedule_deletion,
)
from accounts.actions.carrying_out import Outcome as Ending
from accounts.actions.carrying_out import carry_out
from accounts.actions.invitation_answers import Answer
from accounts.actions.invitations import Offer
from accounts.actions.invitations import issue_link as issue_invitation_link
from accounts.actions.organizations import set_seats
from accounts.addressees import Verdict
from accounts.models import (
    Deletion,
    Invitation,
    Membership,
    Organization,
    Role,
    User,
)
from accounts.policy import Access
from accounts.roles import roles_of
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent, LeafBody
from notifications.models import OutboxMessage
from tests.support.at_once import ROUNDS, THREADS, at_once
from vault.models import DataKey
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db(transaction=True)
_OFFER = Offer(Access(Role.VIEWER), "en")


def _owners(count: int) -> tuple[Organization, list[Membership]]:
    users = [User.objects.create_user(f"{new_id()}@example.com", None) for _ in range(count)]
    organization = create_organization(Actor.operator(), name="Llamas", owner=users[0])
    for user in users[1:]:
        add_member(Actor.operator(), organization=organization, user=user, role=Role.OWNER)
    return organization, [Membership.objects.get(organization=organization, user=user) for user in users]


def _owned(organization: Organization) -> int:
    return list(roles_of(Actor.operator(), organization).values()).count(Role.OWNER)


WAYS: dict[str, Callable[[Membership, Membership], Any]] = {
    "leave": lambda own, other: leave_organization(Actor.user(own.user_id), membership=own),
    "demote themselves": lambda own, other: change_role(Actor.user(own.user_id), membership=own, role=Role.ADMIN),
    "demote each other": lambda own, other: change_role(Actor.user(own.user_id), membership=other, role=Role.ADMIN),
    "remove each other": lambda own, other: remove_member(Actor.user(own.user_id), membership=other),
    "delete their accounts": lambda own, other: schedule_deletion(Actor.user(own.user_id), subject=own.user),
    "are erased": lambda own, other: erase_user(Actor.operator(), own.user),
}


@pytest.mark.parametrize("way", WAYS)
def test_of_two_owners_who_go_at_once_one_stays_by_the_lock_on_their_organizations_row(way: str) -> None:
    for _ in range(ROUNDS):
        organization, (one, two) = _owners(2)
        results = at_once(partial(WAYS[way], one, two), partial(WAYS[way], two, one))
        failed = [type(result) for result in results if isinstance(result, Exception)]
        # Who lost their role or place meanwhile may do nothing any more, and is told so.
        assert failed in ([LastOwner], [PermissionDenied]), results
        assert _owned(organization) == (2 if way == "delete their accounts" else 1)


def test_deletions_asked_for_at_once_are_one_by_the_lock_on_their_organizations_row() -> None:
    organization, (own,) = _owners(1)
    results = at_once(*[lambda: schedule_deletion(Actor.user(own.user_id), subject=organization)] * THREADS)
    assert {type(result) for result in results} == {Deletion}
    assert Deletion.objects.count() == AuditEvent.objects.filter(action=Action.DELETION_SCHEDULED).count() == 1


def test_a_deletion_is_cancelled_or_begun_by_the_lock_on_its_row() -> None:
    later = timezone.now() + timedelta(days=8)
    for _ in range(ROUNDS):
        organization, (own,) = _owners(1)
        deletion = schedule_deletion(Actor.user(own.user_id), subject=organization)
        cancel = partial(cancel_deletion, Actor.user(own.user_id), deletion=deletion)
        cancelled, ending = at_once(cancel, partial(carry_out, deletion, later))
        destroyed = not DataKey.objects.filter(tenant=organization.pk).exists()
        assert (cancelled, ending) in {(True, Ending.OVER), (True, Ending.UNRECORDED), (False, Ending.DONE)}
        assert destroyed == (cancelled is False)


def test_carried_out_twice_at_once_it_has_one_receipt() -> None:
    organization, (own,) = _owners(1)
    deletion = schedule_deletion(Actor.user(own.user_id), subject=organization)
    later = timezone.now() + timedelta(days=8)
    results = at_once(*[lambda: carry_out(deletion, later)] * 2)
    assert Ending.DONE in results
    assert carry_out(deletion, later) is Ending.OVER
    assert LeafBody.objects.filter(tenant=organization.pk).count() == 1


def test_projects_of_one_name_made_at_once_all_have_addresses_by_the_lock_on_their_organizations_row() -> None:
    organization, _ = _owners(1)
    results = at_once(*[lambda: create_project(Actor.operator(), organization=organization, name="Search")] * THREADS)
    assert len({project.slug for project in results}) == THREADS


def _invited(seats: int | None, *emails: str) -> tuple[Organization, list[tuple[User, bytes]]]:
    """Return an organization, and people who can accept an invitation of it by a link."""
    owner = User.objects.create_user(f"{new_id()}@example.com", None, email_verified_at=timezone.now())
    organization = create_organization(Actor.operator(), name="Acme", owner=owner)
    assert invite(Actor.operator(), organization=organization, addresses=emails, offer=_OFFER)
    set_seats(Actor.operator(), organization=organization, seats=seats)
    found = []
    for email in emails:
        user = User.objects.create_user(email, None, email_verified_at=timezone.now())
        own = unsealer().index_email(email, organization.pk)
        token = issue_invitation_link(Invitation.objects.matching(own).get())
        assert token
        found.append((user, hash_token(token)))
    return organization, found


def test_an_invitation_makes_one_membership_by_the_lock_on_the_organizations_row() -> None:
    for _ in range(ROUNDS):
        organization, [(user, link)] = _invited(None, f"{new_id()}@example.com")
        results = at_once(*[lambda who=user, link=link: accept(who, link)] * THREADS)
        assert sorted(results) == [Answer.JOINED] + [Answer.NOTHING] * (THREADS - 1)
        assert Membership.objects.filter(organization=organization, user=user).count() == 1
        assert AuditEvent.objects.filter(action=Action.MEMBER_ADDED, target=str(user.pk)).count() == 1


def test_nobody_passes_the_last_seat_by_the_lock_on_the_organizations_row() -> None:
    organization, people = _invited(3, *(f"{number}@example.com" for number in range(THREADS)))
    results = at_once(*[lambda each=each: accept(*each) for each in people])
    assert sorted(results) == [Answer.FULL] * (THREADS - 2) + [Answer.JOINED] * 2
    assert organization.memberships.count() == 3


def test_an_address_is_invited_once_by_the_lock_on_the_organizations_row() -> None:
    owner = User.objects.create_user("owner@example.com", None, email_verified_at=timezone.now())
    organization = create_organization(Actor.operator(), name="Acme", owner=owner)
    ask = {"organization": organization, "addresses": ["new@example.com", "other@example.com"], "offer": _OFFER}
    results = at_once(*[lambda: invite(Actor.operator(), **ask)] * THREADS)
    assert (
        sorted(each for both in results for each in both)
        == [Verdict.ALREADY] * 2 * (THREADS - 1) + [Verdict.INVITED] * 2
    )
    assert Invitation.objects.count() == OutboxMessage.objects.filter(kind="invitation").count() == 2
