"""Whose keys are: people who leave leave orphans behind, and service accounts outlive people."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import add_member, change_role, create_project, remove_member
from accounts.models import Organization, Project, Role, User
from keys.actions import end_service_account, issue_key, make_service_account, revoke_key, rotate_key
from keys.models import ApiKey, ServiceAccount
from keys.owning import AccountEnded
from keys.reminders import remind
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.models import AuditEvent
from notifications.models import OutboxMessage
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
URL = "/o/llamas-of-lisbon/keys/"
ACCOUNTS = f"{URL}service-accounts/"


def _leave(organization: Organization, user: User) -> None:
    remove_member(OPERATOR, membership=organization.memberships.get(user=user))


def test_keys_of_who_leaves_work_on_and_are_flagged(
    as_owner: Client, organization: Organization, project: Project, member: User
) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="of Mira", creator=member)
    issue_key(OPERATOR, project=project, name="of nobody")
    _leave(organization, member)
    assert find_caller(secret)
    key.refresh_from_db()
    assert key.orphaned_at
    listed = [row.name for row in as_owner.get(URL, {"flag": "orphaned"}).context["keys"]]
    assert listed == ["of Mira"]
    assert "Maker is gone" in as_owner.get(URL).content.decode()
    assert "may still have its secret" in as_owner.get(f"{URL}{key.pk}/").content.decode()
    add_member(OPERATOR, organization=organization, user=member, role=Role.DEVELOPER)
    key.refresh_from_db()
    assert key.orphaned_at is None


def test_a_key_is_an_orphan_where_its_maker_lost_the_project(
    organization: Organization, project: Project, member: User
) -> None:
    other = create_project(OPERATOR, organization=organization, name="Other")
    here, there = (issue_key(OPERATOR, project=each, name=each.slug, creator=member)[0] for each in (project, other))
    membership = organization.memberships.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER, projects={project.pk: Role.DEVELOPER})
    orphans = ApiKey.objects.exclude(orphaned_at=None)
    assert [key.pk for key in orphans] == [there.pk]
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER, projects={other.pk: Role.VIEWER})
    assert [key.pk for key in orphans.all()] == [here.pk]
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER)
    assert not orphans.all().exists()


def test_those_who_manage_are_told_of_orphans_once_however_many(
    organization: Organization, project: Project, member: User, owner: User
) -> None:
    for number in range(3):
        issue_key(OPERATOR, project=project, name=f"{number}", creator=member)
    _leave(organization, member)
    assert remind(timezone.now()) == 3
    assert remind(timezone.now()) == 0
    (message,) = OutboxMessage.objects.filter(kind="keys-orphaned")
    assert (message.recipient_id, message.subject_id) == (owner.pk, organization.pk)


def test_who_rotates_an_orphan_is_the_maker_of_its_successor(
    organization: Organization, project: Project, member: User, owner: User
) -> None:
    key, _ = issue_key(OPERATOR, project=project, name="ci", creator=member)
    _leave(organization, member)
    successor, _ = rotate_key(Actor.user(owner.pk), key, overlap=timedelta(0), creator=owner)
    assert (successor.created_by, successor.orphaned_at) == (owner, None)


def test_a_service_accounts_key_outlives_who_made_it(
    organization: Organization, project: Project, member: User
) -> None:
    account = make_service_account(OPERATOR, project=project, name="nightly", creator=member)
    key, secret = issue_key(OPERATOR, project=project, name="ci", creator=member, service_account=account)
    _leave(organization, member)
    key.refresh_from_db()
    assert key.orphaned_at is None
    assert find_caller(secret)


def test_the_end_of_a_service_account_is_that_of_its_keys(project: Project) -> None:
    account = make_service_account(OPERATOR, project=project, name="nightly")
    made = [issue_key(OPERATOR, project=project, name=f"{n}", service_account=account) for n in range(3)]
    _, other = issue_key(OPERATOR, project=project, name="other")
    revoke_key(OPERATOR, made[0][0])
    assert end_service_account(OPERATOR, account)
    assert not end_service_account(OPERATOR, account)
    assert [find_caller(secret) for _, secret in made] == [None] * 3
    assert find_caller(other)
    assert AuditEvent.objects.get(action="service-account:ended").payload["keys"] == 2
    assert AuditEvent.objects.filter(action="key:revoked").count() == 3
    with pytest.raises(AccountEnded):
        issue_key(OPERATOR, project=project, name="late", service_account=account)


def test_another_projects_service_account_gets_no_key(organization: Organization, project: Project) -> None:
    other = create_project(OPERATOR, organization=organization, name="Other")
    account = make_service_account(OPERATOR, project=other, name="nightly")
    with pytest.raises(AccountEnded):
        issue_key(OPERATOR, project=project, name="x", service_account=account)


@pytest.mark.django_db(transaction=True)
def test_a_key_made_while_its_account_ends_ends_with_it(project: Project) -> None:
    """Without the lock on the account's row a key may come between the end of the account and that of its keys."""
    account = make_service_account(OPERATOR, project=project, name="nightly")
    at_once(
        lambda: end_service_account(OPERATOR, ServiceAccount.objects.get(pk=account.pk)),
        *[lambda: issue_key(OPERATOR, project=project, name="x", service_account=account)] * 4,
    )
    assert not ApiKey.objects.active().filter(service_account=account).exists()


def test_the_owner_makes_lists_and_ends_a_service_account(as_owner: Client, project: Project) -> None:
    assert as_owner.post(f"{ACCOUNTS}new/", {"name": "", "project": "default"}).status_code == 422
    assert as_owner.post(f"{ACCOUNTS}new/", {"name": "nightly", "project": "default"}).status_code == 302
    account = ServiceAccount.objects.get()
    form = {"name": "ci", "project": "default", "scopes": ["chat"], "service_account": str(account.pk)}
    secret = as_owner.post(f"{URL}new/", form).context["secret"]
    assert ApiKey.objects.get().service_account == account
    page = as_owner.get(ACCOUNTS)
    assert [row["keys"] for row in page.context["accounts"]] == [1]
    ending = f"{ACCOUNTS}{account.pk}/ending/"
    assert as_owner.post(ending, {"confirmation": "wrong"}).status_code == 422
    assert find_caller(secret)
    assert as_owner.post(ending, {"confirmation": "nightly"}).status_code == 302
    assert find_caller(secret) is None
    assert as_owner.post(f"{URL}new/", form | {"name": "late"}).status_code == 422


def test_lower_roles_see_service_accounts_and_change_none_and_outsiders_see_none(
    as_member: Client, as_outsider: Client, project: Project
) -> None:
    account = make_service_account(OPERATOR, project=project, name="nightly")
    assert "nightly" in as_member.get(ACCOUNTS).content.decode()
    for path in ("new/", f"{account.pk}/ending/"):
        body = {"name": "x", "project": "default", "confirmation": "nightly"}
        assert as_member.get(ACCOUNTS + path).status_code == as_member.post(ACCOUNTS + path, body).status_code == 403
        assert as_outsider.post(ACCOUNTS + path, body).status_code == 404
    own = "/o/outsiders/keys/service-accounts/"
    foreign, missing = (
        as_outsider.post(f"{own}{pk}/ending/", {"confirmation": "nightly"}) for pk in (account.pk, uuid4())
    )
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content
    account.refresh_from_db()
    assert account.ended_at is None


def test_the_list_of_service_accounts_asks_no_more_for_more(
    as_owner: Client, project: Project, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        account = make_service_account(OPERATOR, project=project, name=f"{number}")
        issue_key(OPERATOR, project=project, name="ci", service_account=account)
    with django_assert_max_num_queries(12):
        as_owner.get(ACCOUNTS)
