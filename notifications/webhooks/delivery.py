"""Delivering an event: opens the endpoint's signing secrets to sign it once, sends it, and keeps what came of it."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ledger.actor import Actor
from notifications.failure import DeliveryError
from notifications.models import Because, Delivery, Endpoint, OutboxMessage, SigningSecret
from notifications.webhooks import guard, signing, transport
from notifications.webhooks.disabling import disable
from notifications.webhooks.kinds import Event, event_of
from vault.disclosure import disclose
from vault.purposes import Purpose

WORKER = Actor.system("notifications")
_GONE = 410


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try: a status, or the code of an error."""

    status: int | None
    error: str
    duration: int  # milliseconds

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def code(self) -> str:
        return self.error or f"http-{self.status}"


def deliver(message: OutboxMessage) -> bool:
    """Send an event to the endpoint of its message; DeliveryError unless it answers 2xx.

    Each try has the same webhook-id and body, by which a receiver can tell that it has it already. An endpoint that
    was deleted is owed nothing.
    """
    endpoint = Endpoint.objects.filter(pk=message.recipient_id).first()
    if endpoint is None:
        return False
    if not endpoint.is_enabled:
        raise DeliveryError("endpoint-disabled", permanent=True)
    outcome = _try(endpoint, message, event_of(message))
    _keep(endpoint, message, outcome)
    if not outcome.is_success:
        raise DeliveryError(outcome.code, permanent=outcome.status == _GONE)
    return True


def body_of(message: OutboxMessage, organization_id: UUID, event: Event) -> bytes:
    """Return the body: type, time of the event and ids."""
    at = message.created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    data = {"organization_id": str(organization_id), **event.data}
    return json.dumps({"type": message.kind, "timestamp": at, "data": data}, separators=(",", ":")).encode()


def _try(endpoint: Endpoint, message: OutboxMessage, event: Event) -> Outcome:
    began = time.monotonic()
    status, error = None, ""
    try:
        target = guard.check(endpoint.url)
        body = body_of(message, endpoint.organization_id, event)
        signed = _sign(endpoint, message.pk, body)
        began = time.monotonic()
        status = transport.post(target, {"Content-Type": "application/json", **signed}, body)
    except guard.Forbidden as forbidden:
        error = forbidden.code
    except DeliveryError as failure:
        error = failure.code
    return Outcome(status, error, int((time.monotonic() - began) * 1000))


def _sign(endpoint: Endpoint, message_id: UUID, body: bytes) -> dict[str, str]:
    now = timezone.now()
    secrets = list(SigningSecret.objects.filter(endpoint=endpoint).active(now))
    with disclose(
        Purpose.WEBHOOK_SIGNING,
        actor=WORKER,
        tenant=endpoint.organization_id,
        fields=[SigningSecret.secret],
        subjects=[secret.pk for secret in secrets],
        message=message_id,
    ) as scope:
        return signing.headers(message_id, now, body, scope.open_all([secret.secret for secret in secrets]))


def _keep(endpoint: Endpoint, message: OutboxMessage, outcome: Outcome) -> None:
    """Write the delivery, and what it says of the endpoint; an endpoint deleted meanwhile keeps nothing."""
    with transaction.atomic():
        current = Endpoint.objects.select_for_update().filter(pk=endpoint.pk).first()
        if current is None:
            return
        Delivery.objects.create(
            endpoint=current,
            message_id=message.pk,
            kind=message.kind,
            status=outcome.status,
            error=outcome.error,
            duration=outcome.duration,
        )
        _judge(current, outcome, timezone.now())


def _judge(endpoint: Endpoint, outcome: Outcome, now: datetime) -> None:
    since = None if outcome.is_success else endpoint.failing_since or now
    if since != endpoint.failing_since:
        endpoint.failing_since = since
        endpoint.save(update_fields=["failing_since"])
    if outcome.status == _GONE:
        disable(WORKER, endpoint, Because.GONE)
    elif since is not None and now - since >= settings.WEBHOOK_DISABLE_AFTER:
        disable(WORKER, endpoint, Because.FAILING)
