"""What happens at the same moment to a person, to directories and to billing contacts.

Each test names the lock or constraint that it proves.
On SQLite every writing transaction takes the one write lock first (IMMEDIATE), which serves as all of them.
"""

import pytest
from django.utils import timezone

from accounts import directory
from accounts.actions import (
    add_contact,
    add_member,
    confirm_contact,
    create_organization,
    issue_verification,
    verify_by_code,
)
from accounts.actions.billing_contacts import MAX_CONTACTS, TooMany, issue_link
from accounts.actions.factors import confirm_totp, make_recovery_codes
from accounts.factors import limits, recovery, totp
from accounts.models import (
    BillingContact,
    Membership,
    RecoveryCode,
    Role,
    Totp,
    User,
)
from ledger.actor import Actor
from ledger.ids import new_id
from tests.support.at_once import THREADS, at_once
from tests.support.factors import code as totp_code
from tests.support.factors import with_app, with_codes

pytestmark = pytest.mark.django_db(transaction=True)


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
