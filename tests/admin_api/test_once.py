"""Idempotency keys: the same POST again has no second effect, in a row and at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from accounts.actions import archive_project, create_organization, unarchive_project
from accounts.models import Organization, Project
from admin_api.frame import once
from admin_api.models import DoneOnce
from keys.models import ApiKey
from ledger.actor import Actor
from ledger.models import AuditEvent
from tests.admin_api.conftest import Caller, program
from tests.conftest import OLIVIA, person

pytestmark = pytest.mark.django_db
ONCE = "Idempotency-Key"


def test_a_repeated_request_makes_one_key_and_shows_its_secret_once(olivia: Caller, project: Project) -> None:
    body, token = {"name": "ci", "project_id": str(project.pk)}, str(uuid4())
    first, second = (olivia.make("keys/", body, **{ONCE: token}) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json()["secret"].startswith("llk_")
    assert second.json() == first.json() | {"secret": None}
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert ApiKey.objects.count() == 1
    assert AuditEvent.objects.filter(action="key:created").count() == 1


def test_nothing_of_the_answer_is_kept(olivia: Caller) -> None:
    made = olivia.make("billing-contacts/", {"email": "Money@Example.com"}, **{ONCE: str(uuid4())})
    assert made.status_code == 201
    assert "money@example.com" not in str(list(DoneOnce.objects.values())).lower()


def test_a_key_that_stands_for_another_request_is_refused(olivia: Caller, project: Project) -> None:
    token = str(uuid4())
    assert olivia.make("projects/", {"name": "One"}, **{ONCE: token}).status_code == 201
    for path, body in (("projects/", {"name": "Two"}), ("keys/", {"name": "x", "project_id": str(project.pk)})):
        refused = olivia.make(path, body, **{ONCE: token})
        assert refused.status_code == 422
        assert refused.json()["type"].endswith("#idempotency-key-reused")
    assert set(Project.objects.values_list("name", flat=True)) == {"Default", "One"}


def test_two_programs_may_use_the_same_idempotency_key(olivia: Caller, otto: Caller) -> None:
    token = str(uuid4())
    made = [each.make("projects/", {"name": "One"}, **{ONCE: token}) for each in (olivia, otto)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json()["id"] != made[1].json()["id"]


def test_a_request_that_failed_may_come_again(olivia: Caller, project: Project) -> None:
    token, body = str(uuid4()), {"name": "ci", "project_id": str(project.pk)}
    archive_project(Actor.operator(), project)
    assert olivia.make("keys/", body, **{ONCE: token}).status_code == 409
    unarchive_project(Actor.operator(), project)
    assert olivia.make("keys/", body, **{ONCE: token}).status_code == 201


def test_what_was_made_and_is_gone_is_not_found(olivia: Caller, organization: Organization) -> None:
    token = str(uuid4())
    assert olivia.make("billing-contacts/", {"email": "a@example.com"}, **{ONCE: token}).status_code == 201
    organization.billing_contacts.all().delete()
    assert olivia.make("billing-contacts/", {"email": "a@example.com"}, **{ONCE: token}).status_code == 404


def test_after_a_day_a_key_is_new_again(olivia: Caller) -> None:
    token = str(uuid4())
    olivia.make("projects/", {"name": "One"}, **{ONCE: token})
    DoneOnce.objects.update(at=timezone.now() - timedelta(hours=25))
    assert olivia.make("projects/", {"name": "Two"}, **{ONCE: token}).status_code == 201
    assert once.purge(timezone.now() + timedelta(hours=25)) == 1


@pytest.mark.parametrize("token", ["", "1", "x" * 300, "{0b6dd2c1-7f4e-4a6e-9d3a-3c8e4f1b2a90}", "ü"])
def test_an_idempotency_key_is_a_uuid(olivia: Caller, token: str) -> None:
    refused = olivia.make("projects/", {"name": "One"}, **{ONCE: token})
    assert refused.status_code == 400
    assert refused.json()["type"].endswith("#malformed")


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_one_has_an_effect() -> None:
    """The unique index of DoneOnce is the lock: without it there are as many keys as requests."""
    olivia = person(OLIVIA.email)
    llamas = create_organization(Actor.operator(), name="Llamas", owner=olivia, contact=OLIVIA)
    secret, project = program(llamas, olivia).secret, llamas.projects.get()
    body, token = {"name": "ci", "project_id": str(project.pk)}, str(uuid4())

    def ask(_: int) -> Any:
        try:
            answer = Caller(secret).make("keys/", body, **{ONCE: token})
            return answer.status_code, answer.json()["secret"], answer.json()["id"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))
    assert {status for status, _, _ in answers} == {201}
    assert len({pk for _, _, pk in answers}) == 1
    assert len([secret for _, secret, _ in answers if secret]) == 1
    assert ApiKey.objects.count() == 1
