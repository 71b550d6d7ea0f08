"""What happens at the same moment. Each test names the lock or constraint that it proves.

On SQLite every writing transaction takes the one write lock first (IMMEDIATE), which serves as all of them.
"""

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.utils import timezone

from accounts import directory
from accounts.actions import (
    LastOwner,
    accept,
    add_contact,
    add_member,
    cancel_deletion,
    change_role,
    confirm_contact,
    create_organization,
    create_project,
    erase_user,
    hash_token,
    invite,
    issue_verification,
    leave_organization,
    remove_member,
    schedule_deletion,
    sign_up,
    verify_by_code,
)
from accounts.actions.billing_contacts import MAX_CONTACTS, TooMany, issue_link
from accounts.actions.carrying_out import Outcome as Ending
from accounts.actions.carrying_out import carry_out
from accounts.actions.factors import confirm_totp, make_recovery_codes
from accounts.actions.invitation_answers import Answer
from accounts.actions.invitations import Offer, Verdict
from accounts.actions.invitations import issue_link as issue_invitation_link
from accounts.actions.organizations import set_seats
from accounts.factors import limits, recovery, totp
from accounts.models import (
    BillingContact,
    Deletion,
    Invitation,
    Membership,
    Organization,
    RecoveryCode,
    Role,
    Totp,
    User,
)
from accounts.policy import Access
from accounts.roles import roles_of
from ledger.actor import Actor
from ledger.append import append_leaf
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import Action, AuditEvent, Leaf, LeafBody, LeafType
from notifications import outbox, preferences
from notifications.kinds import Kind
from notifications.models import Channel, Choice, DeliveryHour, DigestItem, OutboxMessage, Outcome
from notifications.telling import tell
from tests.support.factors import code as totp_code
from tests.support.factors import with_app, with_codes
from tests.support.ledger import PEN
from tests.usage.test_recording import call
from usage.actions import record_calls
from usage.models import HourlyUsage
from vault.keyring import Keyring
from vault.models import DataKey
from vault.planes import Plane
from vault.roots import roots
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8
_OFFER = Offer(Access(Role.VIEWER), "en")
ROUNDS = int(os.environ.get("ROUNDS", "5"))  # of tests that one lucky order would pass


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Run the tasks at the same moment, each on connections of its own; return results or exceptions."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return task()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_leaves_stay_gapless_by_the_lock_on_the_logs_one_row() -> None:
    tenants = [new_id(), new_id()]
    entries = [Entry(tenants[n % 2], LeafType.REFUSAL, "system:test") for n in range(THREADS)]
    results = at_once(*[lambda entry=entry: append_leaf(entry, pen=PEN) for entry in entries])
    assert sorted(leaf.position for leaf in results) == list(range(THREADS))
    for tenant in tenants:
        chain = list(Leaf.objects.filter(tenant=tenant).order_by("sequence"))
        assert [leaf.sequence for leaf in chain] == list(range(1, THREADS // 2 + 1))
        assert all(bytes(after.previous) == bytes(leaf.hash) for leaf, after in pairwise(chain))


def test_the_same_calls_from_many_writers_count_once_by_the_events_primary_key() -> None:
    calls = [call(started_at=datetime(2026, 11, 20, hour, tzinfo=UTC)) for hour in range(20)]
    results = at_once(*[lambda: record_calls(calls)] * THREADS)
    assert sum(results) == len(calls)
    assert sum(row.requests for row in HourlyUsage.objects.all()) == len(calls)


def test_different_calls_into_the_same_hours_all_count_by_the_upsert_in_one_order() -> None:
    hours = [datetime(2026, 11, 20, hour, tzinfo=UTC) for hour in range(20)]
    batches = [[call(started_at=hour) for hour in (hours if n % 2 else hours[::-1])] for n in range(THREADS)]
    at_once(*[lambda batch=batch: record_calls(batch) for batch in batches])
    assert {row.requests for row in HourlyUsage.objects.all()} == {THREADS}


def test_one_address_signs_up_once_by_the_unique_blind_index() -> None:
    results = at_once(*[lambda: sign_up(email="new@example.com", password="a sentence works well")] * THREADS)
    assert not [result for result in results if isinstance(result, Exception)]
    assert User.objects.count() == Organization.objects.count() == 1


def test_a_message_goes_to_one_relay_by_skip_locked() -> None:
    user = User.objects.create_user("new@example.com", None)
    for _ in range(20):
        outbox.put("verify-email", user.pk, recipient_id=user.pk)
    now = timezone.now()
    claimed = at_once(*[lambda: outbox.claim_due(now)] * THREADS)
    assert sum(map(len, claimed)) == len({each for ids in claimed for each in ids}) == 20


def test_what_is_told_at_once_is_in_one_summary_by_the_unique_key_and_items(news: Kind) -> None:
    people = [User.objects.create_user(f"{number}@example.com", None) for number in range(3)]
    for user in people:
        preferences.choose(user.pk, [news], {(news.name, Channel.EMAIL): Choice.DAILY})
    subjects, ids = [new_id() for _ in range(THREADS // 2)], [user.pk for user in people]
    told = [(subject, order) for subject in subjects for order in (ids, ids[::-1])]
    results = at_once(*[lambda subject=subject, to=to: _tell(news, subject, to) for subject, to in told])
    assert not [result for result in results if isinstance(result, Exception)]
    summaries = list(OutboxMessage.objects.filter(kind="summary"))
    assert {each.recipient_id for each in summaries} == set(ids)
    assert len(summaries) == len(ids)
    for each in summaries:
        items = DigestItem.objects.filter(digest_id=each.subject_id)
        assert sorted(item.subject_id for item in items) == sorted(subjects)


def _tell(kind: Kind, subject: UUID, to: list[UUID]) -> int:
    with transaction.atomic():
        return tell(kind.name, subject, to)


def test_what_has_one_key_is_told_once_by_its_unique_key(news: Kind) -> None:
    ids = [new_id() for _ in range(3000)]  # enough that on PostgreSQL two orders would block each other
    orders = [ids, ids[::-1]] * 2
    results = at_once(*[lambda to=to: tell(news.name, new_id(), to, key="budget:80") for to in orders])
    assert not [result for result in results if isinstance(result, Exception)]
    assert sorted(each.recipient_id for each in OutboxMessage.objects.all()) == sorted(ids)


def test_messages_that_end_at_once_all_count_by_the_one_statement_that_adds() -> None:
    def end(outcome: Outcome, code: str) -> None:
        for seconds in range(10):
            DeliveryHour.objects.add(
                at=datetime(2026, 11, 20, 12, tzinfo=UTC),
                kind="verify-email",
                channel="email",
                outcome=outcome,
                code=code,
                latency=timedelta(seconds=seconds),
            )

    results = at_once(*[lambda: end(Outcome.SENT, "")] * THREADS, *[lambda: end(Outcome.GIVEN_UP, "failed")] * 2)
    assert not [result for result in results if isinstance(result, Exception)]
    given_up, sent = DeliveryHour.objects.order_by("outcome")
    assert (given_up.count, sent.count) == (20, 10 * THREADS)
    assert (sent.within_1, sent.within_5, sent.within_30) == (2 * THREADS, 4 * THREADS, 4 * THREADS)


def test_relays_that_give_up_many_at_once_cannot_deadlock_by_the_order_in_which_they_count() -> None:
    person, codes = new_id(), [f"smtp-{number % 20 + 500}" for number in range(50 * THREADS)]
    random.Random(4).shuffle(codes)
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            kind="verify-email", subject_id=person, recipient_id=person, tried=outbox.MAX_ATTEMPTS, error=code
        )
        for code in codes
    )
    results = at_once(*[lambda: outbox.claim_due(timezone.now())] * THREADS)
    assert results == [[]] * THREADS
    assert sum(DeliveryHour.objects.values_list("count", flat=True)) == OutboxMessage.objects.dead().count() > 0


def test_a_code_is_used_once_by_the_lock_on_its_row() -> None:
    user = User.objects.create_user("new@example.com", None)
    _, code = issue_verification(user)
    assert at_once(*[lambda: verify_by_code(user.pk, code)] * THREADS).count(True) == 1


def test_an_apps_code_is_accepted_once_by_the_condition_of_the_update() -> None:
    user = User.objects.create_user("new@example.com", None)
    code = totp_code(with_app(user))
    assert at_once(*[lambda: totp.accept(user, code)] * THREADS).count(True) == 1


def test_an_app_is_confirmed_once_by_the_condition_of_the_update() -> None:
    user = User.objects.create_user("new@example.com", None)
    code = totp_code(with_app(user))
    Totp.objects.update(confirmed_at=None)
    results = at_once(*[lambda: confirm_totp(Actor.user(user.pk), user, code=code, session="")] * THREADS)
    assert results.count(True) == 1
    assert results.count(False) == THREADS - 1


def test_a_recovery_code_is_used_once_by_the_condition_of_the_update() -> None:
    user = User.objects.create_user("new@example.com", None)
    with_app(user)
    code = with_codes(user)[0]
    assert at_once(*[lambda: recovery.use(user, code)] * THREADS).count(True) == 1


def test_sets_of_recovery_codes_made_at_once_leave_one_by_the_lock_on_their_persons_row() -> None:
    user = User.objects.create_user("new@example.com", None)
    with_app(user)
    sets = at_once(*[lambda: make_recovery_codes(Actor.user(user.pk), user)] * THREADS)
    assert [len(codes) for codes in sets] == [recovery.COUNT] * THREADS
    assert RecoveryCode.objects.filter(user=user).count() == recovery.COUNT


def test_guesses_at_once_are_counted_by_the_upsert() -> None:
    user_id, now = new_id(), timezone.now()
    assert at_once(*[lambda: limits.admits_code(user_id)] * 15).count(True) == 10
    assert at_once(*[limits.Tries("second-step", "x", now).take] * 15).count(True) == 5
    assert at_once(*[lambda: limits.is_first_use("x", now)] * THREADS).count(True) == 1


def test_members_added_at_once_are_all_in_the_directory_by_the_lock_on_their_organizations_row() -> None:
    owner, *others = (User.objects.create_user(f"{n}@example.com", None) for n in range(THREADS))
    organization = create_organization(Actor.operator(), name="Llamas", owner=owner)
    added = {"organization": organization, "role": Role.VIEWER}
    results = at_once(*[lambda user=user: add_member(Actor.operator(), user=user, **added) for user in others])
    assert [type(result) for result in results] == [Membership] * len(others)
    found = directory.search(Actor.operator(), organization=organization, text="")
    assert {entry.user_id for entry in found} == {owner.pk, *(user.pk for user in others)}


def test_a_member_added_while_a_directory_is_built_is_in_it_by_the_lock_on_their_organizations_row() -> None:
    owner, other = (User.objects.create_user(f"{n}@example.com", None) for n in range(2))
    organization = create_organization(Actor.operator(), name="Llamas", owner=owner)
    organization.directory.delete()
    at_once(
        lambda: add_member(Actor.operator(), organization=organization, user=other, role=Role.VIEWER),
        *[lambda: directory.rebuild(Actor.operator(), organization=organization)] * 3,
    )
    found = directory.search(Actor.operator(), organization=organization, text="")
    assert {entry.user_id for entry in found} == {owner.pk, other.pk}


def test_an_organization_gets_ten_contacts_and_each_once_by_the_lock_on_its_row() -> None:
    owner = User.objects.create_user("owner@example.com", None)
    organization = create_organization(Actor.operator(), name="Llamas", owner=owner)

    def add(email: str) -> BillingContact:
        return add_contact(Actor.operator(), organization=organization, email=email, language="en")

    results = at_once(*[lambda: add("desk@payers.example")] * THREADS)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyThere"] * (THREADS - 1) + ["BillingContact"]
    for number in range(MAX_CONTACTS - 3):
        add(f"{number}@payers.example")
    results = at_once(*[lambda number=number: add(f"late{number}@payers.example") for number in range(THREADS)])
    assert [type(result) for result in results].count(BillingContact) == 2
    assert [type(result) for result in results].count(TooMany) == THREADS - 2
    assert BillingContact.objects.count() == MAX_CONTACTS


def test_a_contact_confirms_once_by_the_condition_of_the_update() -> None:
    owner = User.objects.create_user("owner@example.com", None)
    organization = create_organization(Actor.operator(), name="Llamas", owner=owner)
    contact = add_contact(Actor.operator(), organization=organization, email="desk@payers.example", language="en")
    token = issue_link(contact) or ""
    assert at_once(*[lambda: confirm_contact(token)] * THREADS).count(True) == 1


def test_a_tenants_first_data_key_is_one_by_its_unique_constraint() -> None:
    tenant = new_id()
    keys = at_once(*[lambda: Keyring(roots()).sealing(tenant, Plane.CUSTOMER_DATA).id] * THREADS)
    assert len(set(keys)) == 1
    assert DataKey.objects.filter(tenant=tenant).count() == 1


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
    owner = User.objects.create_user("owner@example.com", None, email_verified_at=timezone.now())
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
    organization, [(user, link)] = _invited(None, "new@example.com")
    results = at_once(*[lambda: accept(user, link)] * THREADS)
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
