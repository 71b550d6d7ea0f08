"""Deliveries: signed so that an independent library agrees, retried under one id, ended where nobody wants them."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections
from django.utils import timezone
from standardwebhooks import Webhook

from accounts.actions import add_member
from accounts.models import Organization, Project, Role, User
from keys.actions import issue_key, revoke_key
from ledger.models import AuditEvent
from notifications.models import Because, Delivery, Endpoint, OutboxMessage
from notifications.webhooks import disabling
from notifications.webhooks.actions import (
    KEPT,
    MAX_ENDPOINTS,
    OVERLAP,
    TooMany,
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    purge,
    rotate_secret,
)
from notifications.webhooks.publish import redeliver
from tests.conftest import person
from tests.notifications.webhooks.conftest import OPERATOR, Receiver
from tests.support.outbox import send_all
from vault.errors import VaultError
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db
Made = tuple[Endpoint, str]


def test_an_event_is_signed_and_holds_ids_alone(receiver: Receiver, made: Made, project: Project) -> None:
    key, _ = issue_key(OPERATOR, project=project, name="ci")
    send_all()
    ((headers, body),) = receiver.got
    assert Webhook(made[1]).verify(body, headers)
    told = json.loads(body)
    assert told["type"] == "key.created"
    assert told["data"] == {"organization_id": str(project.organization_id), "key_id": str(key.pk)}
    assert headers["webhook-id"] == str(OutboxMessage.objects.get().pk)
    assert Delivery.objects.get().status == 204


def test_nothing_is_sent_to_other_organizations_or_for_other_kinds(made: Made, project: Project) -> None:
    Endpoint.objects.update(kinds=["key.revoked"])
    key, _ = issue_key(OPERATOR, project=project, name="ci")
    assert not OutboxMessage.objects.exists()
    revoke_key(OPERATOR, key)
    assert OutboxMessage.objects.get().recipient_id == made[0].pk


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500])
def test_any_other_answer_is_a_failure_that_is_tried_again(
    receiver: Receiver, made: Made, project: Project, status: int
) -> None:
    receiver.status, receiver.location = status, "http://127.0.0.1:1/"
    issue_key(OPERATOR, project=project, name="ci")
    send_all()
    receiver.status = 200
    send_all()
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert [row.status for row in Delivery.objects.order_by("pk")] == [status, 200]
    assert OutboxMessage.objects.get().sent_at


def test_gone_ends_the_endpoint(receiver: Receiver, made: Made, project: Project) -> None:
    receiver.status = 410
    issue_key(OPERATOR, project=project, name="ci")
    send_all()
    assert OutboxMessage.objects.get(kind="key.created").failed_at
    assert Endpoint.objects.get().disabled_because == "gone"
    assert AuditEvent.objects.filter(action="webhook:disabled").count() == 1


def test_five_days_of_failures_end_the_endpoint(receiver: Receiver, made: Made, project: Project) -> None:
    receiver.status = 500
    issue_key(OPERATOR, project=project, name="ci")
    send_all()
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=5))
    send_all()
    assert Endpoint.objects.get().disabled_because == "failing"


def test_both_secrets_sign_in_the_overlap_and_the_new_one_alone_after_it(
    receiver: Receiver, made: Made, project: Project
) -> None:
    endpoint, old = made
    new = rotate_secret(OPERATOR, endpoint)
    issue_key(OPERATOR, project=project, name="ci")
    send_all()
    headers, body = receiver.got[-1]
    assert Webhook(old).verify(body, headers)
    assert Webhook(new).verify(body, headers)
    endpoint.secrets.exclude(ends_at=None).update(ends_at=timezone.now())
    assert redeliver(endpoint, OutboxMessage.objects.get().pk)
    send_all()
    assert " " not in receiver.got[-1][0]["webhook-signature"]


def test_an_address_that_became_private_gets_nothing(
    receiver: Receiver, made: Made, project: Project, settings: object
) -> None:
    settings.WEBHOOK_ALLOW_LOCALHOST = False  # type: ignore[attr-defined]
    issue_key(OPERATOR, project=project, name="ci")
    send_all()
    assert receiver.got == []
    assert Delivery.objects.get().error == "forbidden-url"


def test_a_secret_that_does_not_open_is_a_failed_delivery_that_is_seen(
    receiver: Receiver, made: Made, project: Project
) -> None:
    issue_key(OPERATOR, project=project, name="ci")
    unsealer().shred("system:test", project.organization_id)
    send_all()
    assert receiver.got == []
    assert Delivery.objects.get().error == "shredded"
    assert OutboxMessage.objects.get().failed_at


@pytest.mark.django_db(transaction=True)
def test_of_endpoints_added_at_the_same_moment_no_more_than_the_most_stay_by_the_lock_on_the_organization(
    organization: Organization,
) -> None:
    def add(number: int) -> bool:
        try:
            url = f"https://example.com/{number}"
            create_endpoint(OPERATOR, organization_id=organization.pk, url=url, kinds=["key.created"])
        except TooMany:
            return False
        finally:
            connections.close_all()
        return True

    for number in range(MAX_ENDPOINTS - 1):
        assert add(number)
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(add, range(100, 106))) == 1
    assert Endpoint.objects.count() == MAX_ENDPOINTS


def test_a_deleted_endpoint_is_owed_nothing(receiver: Receiver, made: Made, project: Project) -> None:
    issue_key(OPERATOR, project=project, name="ci")
    delete_endpoint(OPERATOR, made[0])
    send_all()
    assert receiver.got == []


def test_old_deliveries_and_ended_secrets_are_purged(made: Made, organization: Organization) -> None:
    endpoint, now = made[0], timezone.now()
    Delivery.objects.create(endpoint=endpoint, message_id=endpoint.pk, kind="x", duration=1, at=now - KEPT * 2)
    rotate_secret(OPERATOR, endpoint)
    assert purge(now + OVERLAP * 2) == 1
    assert endpoint.secrets.count() == 1


@pytest.mark.parametrize(("status", "reason"), [(410, "gone for good"), (500, "For days")])
def test_owners_and_admins_are_told_once_that_an_endpoint_is_disabled(
    receiver: Receiver, made: Made, project: Project, member: User, status: int, reason: str
) -> None:
    add_member(OPERATOR, organization=project.organization, user=person("ada@example.com"), role=Role.ADMIN)
    receiver.status = status
    for name in ("one", "two"):
        issue_key(OPERATOR, project=project, name=name)
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=5))
    send_all()
    send_all()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["ada@example.com", "olivia@example.com"]
    for letter in mail.outbox:
        assert reason in letter.body
        assert "a=b" not in letter.body  # the host alone: the rest of an address may be a secret
        assert f"/webhooks/{made[0].pk}/" in letter.body


def test_nobody_is_told_of_an_endpoint_that_was_enabled_again_or_disabled_by_hand(
    receiver: Receiver, made: Made, project: Project
) -> None:
    receiver.status = 410
    issue_key(OPERATOR, project=project, name="ci")
    send_all()
    told = {"url": receiver.url, "kinds": ["key.created"], "description": ""}
    change_endpoint(OPERATOR, made[0], **told, enabled=True)
    send_all()
    change_endpoint(OPERATOR, made[0], **told, enabled=False)
    send_all()
    assert mail.outbox == []


def test_if_nobody_can_be_told_the_endpoint_is_not_disabled_either(
    receiver: Receiver, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(endpoint: Endpoint) -> None:
        raise VaultError("unsealer-away", "gone", permanent=False)

    monkeypatch.setattr(disabling, "_listeners", [broken])
    with pytest.raises(VaultError):
        disabling.disable(OPERATOR, made[0], Because.GONE)
    assert Endpoint.objects.get().is_enabled
    assert not AuditEvent.objects.filter(action="webhook:disabled").exists()
