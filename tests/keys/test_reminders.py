"""Reminders: each is told once, to who looks after the key, and only while it is still so."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Organization, Project, User
from keys.actions import issue_key, revoke_key, rotate_key
from keys.models import ApiKey
from keys.reminders import remind
from keys.rules import Rules
from ledger.actor import Actor
from notifications.models import OutboxMessage
from notifications.webhooks.actions import create_endpoint
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
_DAY = timedelta(days=1)


def _told(kind: str) -> list[Any]:
    return list(OutboxMessage.objects.filter(kind=kind).order_by("pk").values_list("recipient_id", flat=True))


def _key(project: Project, creator: User | None = None, **rules: Any) -> ApiKey:
    return issue_key(OPERATOR, project=project, name="ci", creator=creator, rules=Rules(**rules))[0]


def test_who_made_a_key_is_warned_fourteen_and_three_days_before_it_expires(
    project: Project, owner: User, member: User, organization: Organization
) -> None:
    now = timezone.now()
    create_endpoint(OPERATOR, organization_id=organization.pk, url="https://a.example", kinds=["key.expiring"])
    _key(project, member, expires_at=now + 20 * _DAY)
    assert [remind(now + days * _DAY) for days in (0, 5, 7, 12, 17.5, 19)] == [0, 0, 1, 0, 1, 0]
    assert _told("key-expiring") == [member.pk] * 2
    assert OutboxMessage.objects.filter(kind="key.expiring").count() == 2


def test_a_key_that_was_made_for_two_days_is_warned_of_once(project: Project, owner: User) -> None:
    now = timezone.now()
    _key(project, owner, expires_at=now + 2 * _DAY)
    assert [remind(now + hours * _DAY / 24) for hours in (0, 1, 20)] == [1, 0, 0]


def test_its_end_is_told_and_nothing_of_a_key_that_was_revoked_or_rotated(project: Project, owner: User) -> None:
    now = timezone.now()
    for end in ("none", "revoked", "rotated"):
        key = _key(project, owner, expires_at=now + _DAY)
        if end == "revoked":
            revoke_key(OPERATOR, key)
        if end == "rotated":
            rotate_key(OPERATOR, key, overlap=timedelta(hours=1), creator=owner)
    later = now + 1.1 * _DAY
    ApiKey.objects.filter(predecessor__isnull=False).update(expires_at=None)
    assert [remind(later), remind(later)] == [1, 0]
    assert _told("key-expired") == [owner.pk]


def test_of_a_key_without_a_maker_those_who_manage_are_told(project: Project, owner: User, member: User) -> None:
    now = timezone.now()
    _key(project, expires_at=now + _DAY)
    remind(now)
    assert _told("key-expiring") == [owner.pk]


def test_a_rotation_is_told_of_a_week_before_it_is_due_and_when_it_is(project: Project, owner: User) -> None:
    now = timezone.now()
    key = _key(project, owner, rotate_every=30)
    assert [remind(now + days * _DAY) for days in (0, 22, 23.5, 26, 31, 40)] == [0, 0, 1, 0, 1, 0]
    rotate_key(OPERATOR, key, overlap=timedelta(0), creator=owner)
    assert remind(now + 22 * _DAY) == 0


def test_unused_keys_are_told_of_together_and_again_only_after_they_were_used(
    project: Project, owner: User, use: Any
) -> None:
    now = timezone.now()
    keys = [_key(project) for _ in range(3)]
    ApiKey.objects.update(created_at=now - 100 * _DAY)
    assert [remind(now), remind(now + _DAY)] == [3, 0]
    assert _told("keys-unused") == [owner.pk]
    use(keys[0].pk)
    assert remind(now + 50 * _DAY) == 0
    assert remind(now + 95 * _DAY) == 1


def test_the_letters_say_what_is_so_when_they_go(project: Project, owner: User) -> None:
    now: datetime = timezone.now()
    soon = _key(project, owner, expires_at=now + 2.5 * _DAY)
    due = _key(project, owner, rotate_every=1)
    gone = _key(project, owner, expires_at=now + 2 * _DAY)
    _key(project, owner, expires_at=now + 90 * _DAY)
    ApiKey.objects.filter(pk=due.pk).update(created_at=now - 2 * _DAY)
    OutboxMessage.objects.all().delete()
    remind(now)
    revoke_key(OPERATOR, gone)
    OutboxMessage.objects.filter(kind="key-revoked").delete()
    send_all()
    bodies = {letter.subject: letter.body for letter in mail.outbox}
    assert set(bodies) == {"API key expires in 2 days: ci", "API key to be rotated: ci"}
    assert f"/keys/{soon.pk}/" in bodies["API key expires in 2 days: ci"]
    assert f"/keys/{due.pk}/rotation/" in bodies["API key to be rotated: ci"]
