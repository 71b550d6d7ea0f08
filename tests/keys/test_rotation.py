"""Rotation: one successor with the same rules, counters that go on, and an overlap that is exact."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organization, Project, User
from billing.actions.budgets import Plan, set_budget
from billing.models import Budget
from keys.actions import NotRotatable, change_key, issue_key, mark_leaked, revoke_key, rotate_key, set_limits
from keys.actions.limiting import Ceiling
from keys.models import ApiKey, Limits
from keys.rules import Rules, rules_of
from keys.subjects import of_key
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.models import AuditEvent
from notifications.models import OutboxMessage
from tests.support.at_once import at_once

OPERATOR = Actor.operator()
URL = "/o/llamas-of-lisbon/keys/"
RULES = Rules(["chat"], ["Llama"], ["203.0.113.0/24"], timezone.now() + timedelta(days=30), 90)


@pytest.mark.django_db
def test_the_successor_keeps_name_rules_limits_and_budget_exactly(project: Project, owner: User) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci", rules=RULES, creator=owner)
    set_limits(OPERATOR, of_key(key), Ceiling(60, 1000, 2))
    set_budget(OPERATOR, of_key(key), Plan("month", hard=10**12))
    Budget.objects.update(spent=7)
    successor, new = rotate_key(OPERATOR, key, overlap=timedelta(hours=1), creator=owner)
    assert (successor.name, successor.project, successor.predecessor) == ("ci", project, key)
    kept = rules_of(successor)
    assert (kept.scopes, kept.models, kept.networks, kept.rotate_every) == (
        *(["chat"], ["Llama"], ["203.0.113.0/24"]),
        90,
    )
    former, caller = find_caller(secret), find_caller(new)
    assert former
    assert caller
    # The same rows, so that the same counters go on.
    assert former.rules == caller.rules != ()
    assert former.subject_id == caller.subject_id == key.pk
    assert Budget.objects.get(pk=caller.subject_id).spent == 7
    assert Limits.objects.count() == Budget.objects.count() == 1
    again, _ = rotate_key(OPERATOR, successor, overlap=timedelta(0), creator=owner)
    assert again.subject_id == key.pk


@pytest.mark.django_db
def test_its_life_is_as_long_as_the_former_ones(project: Project) -> None:
    now = timezone.now()
    key, _ = issue_key(OPERATOR, project=project, name="ci", rules=Rules(expires_at=now + timedelta(days=30)))
    ApiKey.objects.update(created_at=now - timedelta(days=60))
    key.refresh_from_db()
    successor, _ = rotate_key(OPERATOR, key, overlap=timedelta(0))
    assert successor.expires_at
    assert timedelta(days=89) < successor.expires_at - now < timedelta(days=91)
    eternal, _ = rotate_key(OPERATOR, issue_key(OPERATOR, project=project, name="x")[0], overlap=timedelta(0))
    assert eternal.expires_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [0, 1, 24, 168])
def test_the_former_secret_works_until_the_overlap_ends_and_not_a_moment_longer(project: Project, hours: int) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    before = timezone.now()
    successor, new = rotate_key(OPERATOR, key, overlap=timedelta(hours=hours))
    assert key.ends_at
    assert before <= key.ends_at - timedelta(hours=hours) <= timezone.now()
    assert bool(find_caller(secret)) == bool(hours)
    assert find_caller(new)
    assert ApiKey.objects.active(key.ends_at - timedelta(microseconds=1)).filter(pk=key.pk).exists()
    assert not ApiKey.objects.active(key.ends_at).filter(pk=key.pk).exists()
    assert ApiKey.objects.active(key.ends_at).filter(pk=successor.pk).exists()


@pytest.mark.django_db
def test_a_key_is_rotated_once_and_not_after_its_end(project: Project) -> None:
    key, _ = issue_key(OPERATOR, project=project, name="ci")
    rotate_key(OPERATOR, key, overlap=timedelta(hours=1))
    ended, _ = issue_key(OPERATOR, project=project, name="ended")
    revoke_key(OPERATOR, ended)
    for each in (key, ended):
        with pytest.raises(NotRotatable):
            rotate_key(OPERATOR, each, overlap=timedelta(0))
    with pytest.raises(ValueError, match="Overlaps"):
        rotate_key(OPERATOR, key, overlap=timedelta(hours=2))
    assert ApiKey.objects.count() == 3
    (event,) = AuditEvent.objects.filter(action="key:rotated")
    assert event.payload["overlap_seconds"] == 3600


@pytest.mark.django_db(transaction=True)
def test_of_rotations_at_once_one_makes_the_successor(project: Project) -> None:
    """Without the unique column `predecessor` and the lock on the row there are several."""
    key, _ = issue_key(OPERATOR, project=project, name="ci")
    done = at_once(*[lambda: rotate_key(OPERATOR, key, overlap=timedelta(hours=1))] * 6)
    assert sum(isinstance(each, tuple) for each in done) == 1
    assert all(isinstance(each, tuple | NotRotatable) for each in done), done
    assert ApiKey.objects.filter(predecessor=key).count() == 1
    assert AuditEvent.objects.filter(action="key:rotated").count() == 1


@pytest.mark.django_db
def test_the_successor_of_a_leaked_key_is_not_slowed_down(project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    mark_leaked(OPERATOR, key)
    _, new = rotate_key(OPERATOR, key, overlap=timedelta(hours=1))
    former, caller = find_caller(secret), find_caller(new)
    assert former
    assert caller
    assert [(rule.requests_per_minute, rule.concurrent) for rule in former.rules] == [(10, 1)]
    assert caller.rules == ()


@pytest.mark.django_db
def test_the_owner_rotates_a_key_and_sees_the_new_secret_once(as_owner: Client, project: Project, owner: User) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci", creator=owner)
    path = f"{URL}{key.pk}/rotation/"
    once = str(as_owner.get(path).context["form"]["once"].value())
    answer = as_owner.post(path, {"overlap": "86400", "once": once})
    new = answer.context["secret"]
    assert new in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert find_caller(secret)
    assert find_caller(new)
    # The form again: no second successor, and no secret.
    assert as_owner.post(path, {"overlap": "86400", "once": once}).status_code == 302
    assert ApiKey.objects.count() == 2
    for page in (URL, f"{URL}{key.pk}/", f"{URL}{answer.context['key'].pk}/"):
        assert new not in as_owner.get(page).content.decode()
    told = OutboxMessage.objects.filter(kind="key-rotated")
    assert [message.recipient_id for message in told] == [owner.pk]


@pytest.mark.django_db
def test_an_overlap_that_there_is_not_is_refused(as_owner: Client, key: ApiKey) -> None:
    assert as_owner.post(f"{URL}{key.pk}/rotation/", {"overlap": "7200"}).status_code == 422
    assert ApiKey.objects.count() == 1


@pytest.mark.django_db
def test_lower_roles_and_outsiders_rotate_and_change_nothing(
    as_member: Client, as_outsider: Client, key: ApiKey, organization: Organization
) -> None:
    before = list(ApiKey.objects.values())
    for path in ("rotation/", "change/"):
        url, body = f"{URL}{key.pk}/{path}", {"overlap": "0", "name": "x", "scopes": ["chat"]}
        assert as_member.get(url).status_code == as_member.post(url, body).status_code == 403
        assert as_outsider.get(url).status_code == as_outsider.post(url, body).status_code == 404
        assert as_outsider.post(url.replace("llamas-of-lisbon", "outsiders"), body).status_code == 404
    assert list(ApiKey.objects.values()) == before
    assert as_member.get(f"{URL}{key.pk}/").status_code == 200
    assert as_outsider.get(f"{URL}{key.pk}/").status_code == 404


@pytest.mark.django_db
def test_a_change_says_what_differs(key: ApiKey) -> None:
    assert not change_key(OPERATOR, key, name="ci", rules=rules_of(key))
    assert change_key(OPERATOR, key, name="new", rules=Rules(["chat"], None, ["10.0.0.0/8"]))
    payload: Any = AuditEvent.objects.get(action="key:changed").payload
    assert (payload["before_name"], payload["after_name"]) == ("ci", "new")
    assert payload["removed_scopes"] == "models, moderations"
    assert payload["added_networks"] == "10.0.0.0/8"
