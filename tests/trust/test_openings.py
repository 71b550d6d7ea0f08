"""Staff opened data: whom it is about is told, once for each grant."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.utils import timezone

from accounts.actions import add_member
from accounts.models import Membership, Organization, Role, User
from ledger.actor import Actor
from ledger.models import LeafBody
from notifications import outbox
from notifications.models import OutboxMessage
from tests.conftest import person
from tests.vault.granting import Approvers, approved, open_email
from trust.openings import tell_openings
from vault.granted import open_granted
from vault.models import Grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def approvers(tmp_path: Path, settings: Any) -> Approvers:
    settings.APPROVERS_FILE = tmp_path / "approvers.json"
    found = Approvers(settings.APPROVERS_FILE)
    found.admit("staff:ana")
    return found


def tell() -> list[str]:
    """Tell what there is to tell, send it, and return whom it went to."""
    tell_openings(timezone.now())
    for claim in outbox.claim_due(timezone.now() + timedelta(minutes=1)):
        outbox.send(claim.id, claim.attempt)
    return sorted(letter.to[0] for letter in mail.outbox)


def test_a_person_hears_once_of_what_a_grant_opened_of_theirs(owner: User, approvers: Approvers) -> None:
    grant = approved(owner, approvers)
    assert tell() == [], "a grant that opened nothing is nothing to tell"
    open_email(owner, grant)
    open_email(owner, grant)
    assert tell() == ["olivia@example.com"]
    assert tell() == ["olivia@example.com"], "once"
    assert "T-1" in mail.outbox[0].subject
    assert "Email" in mail.outbox[0].body


def test_of_an_organizations_data_its_owners_hear(
    organization: Organization, owner: User, member: User, outsider: User, approvers: Approvers
) -> None:
    second = person("ada@example.com")
    add_member(Actor.operator(), organization=organization, user=second, role=Role.OWNER)
    role = Membership.objects.get(user=member)
    changes = {"tenant": organization.pk, "fields": ["accounts.Membership.role"], "subjects": [role.pk]}
    open_granted(approved(member, approvers, **changes))
    assert tell() == ["ada@example.com", "olivia@example.com"]
    assert f"/o/{organization.slug}/data-access/" in mail.outbox[0].body


def test_who_is_no_member_any_more_hears_nothing(organization: Organization, owner: User, approvers: Approvers) -> None:
    role = Membership.objects.get(user=owner)
    changes = {"tenant": organization.pk, "fields": ["accounts.Membership.role"], "subjects": [role.pk]}
    open_granted(approved(owner, approvers, **changes))
    tell_openings(timezone.now())
    Membership.objects.filter(user=owner).delete()
    assert tell() == []


def test_a_worker_that_was_away_for_hours_still_tells_and_old_cases_are_not_told_again(
    owner: User, approvers: Approvers
) -> None:
    grant = approved(owner, approvers)
    open_email(owner, grant)
    assert tell_openings(timezone.now() + timedelta(hours=20)) == 1
    OutboxMessage.objects.all().delete()
    assert tell_openings(timezone.now() + timedelta(days=90)) == 0


def test_the_message_waits_with_ids_alone(owner: User, approvers: Approvers) -> None:
    open_email(owner, approved(owner, approvers))
    tell_openings(timezone.now())
    assert "olivia" not in json.dumps(list(OutboxMessage.objects.values()), default=str)


def test_many_grants_cost_no_more_queries_to_look_through(
    owner: User, approvers: Approvers, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        approved(owner, approvers)
    assert Grant.objects.count() == 5
    with django_assert_num_queries(2, connection=connections["vault"]), django_assert_num_queries(1):
        tell_openings(timezone.now())


def test_asking_who_owns_an_organization_is_not_repeated_each_minute(
    organization: Organization, owner: User, approvers: Approvers
) -> None:
    role = Membership.objects.get(user=owner)
    changes = {"tenant": organization.pk, "fields": ["accounts.Membership.role"], "subjects": [role.pk]}
    open_granted(approved(owner, approvers, **changes))
    tell_openings(timezone.now())
    leaves = LeafBody.objects.count()
    assert tell_openings(timezone.now()) == 0
    assert LeafBody.objects.count() == leaves


def test_who_is_told_follows_from_the_ledger_and_not_from_the_grants_row(
    owner: User, outsider: User, approvers: Approvers
) -> None:
    grant = approved(owner, approvers)
    open_email(owner, grant)
    Grant.objects.filter(pk=grant.pk).update(tenant=outsider.pk)
    assert tell() == ["olivia@example.com"]


def test_roles_that_do_not_open_keep_nothing_from_others(
    organization: Organization, owner: User, outsider: User, approvers: Approvers
) -> None:
    for whose in (owner, outsider):
        organization = Organization.objects.visible_to(whose).get()
        role = Membership.objects.get(user=whose)
        changes = {"tenant": organization.pk, "fields": ["accounts.Membership.role"], "subjects": [role.pk]}
        open_granted(approved(whose, approvers, **changes))
    Membership.objects.filter(user=owner).update(role=Membership.objects.get(user=outsider).role)
    assert tell() == ["otto@example.com"]
    assert not OutboxMessage.objects.filter(recipient_id=owner.pk, kind="data-opened").exists(), "it is told later"
