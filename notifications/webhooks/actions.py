"""What can be done with endpoints. Each action writes its change and its audit event in one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ledger.actor import Actor
from ledger.events import Value, changes, record_event
from ledger.ids import new_id
from ledger.leaves import Plain
from ledger.models import Action
from notifications import outbox
from notifications.models import Because, Delivery, Endpoint, SigningSecret
from notifications.webhooks.signing import new_secret

MAX_ENDPOINTS = 20  # of an organization
OVERLAP = timedelta(hours=24)  # in which a former secret signs as well
KEPT = timedelta(days=30)  # deliveries
_BATCH = 500


class TooMany(Exception):
    """The organization has as many endpoints as it may have."""


def create_endpoint(
    actor: Actor,
    *,
    organization_id: UUID,
    url: str,
    kinds: Sequence[str],
    description: str = "",
    endpoint_id: UUID | None = None,
) -> tuple[Endpoint, str]:
    """Register an endpoint and return it with its secret, which nobody can be shown again.

    The URL must have passed the guard. With an `endpoint_id` that is taken, IntegrityError: the same request came
    twice. TooMany from the 21st endpoint on.
    """
    with transaction.atomic():
        Endpoint.objects.lock(organization_id)
        if Endpoint.objects.of(organization_id).count() >= MAX_ENDPOINTS:
            raise TooMany
        endpoint = Endpoint.objects.create(
            id=endpoint_id or new_id(),
            organization_id=organization_id,
            url=url,
            kinds=sorted(kinds),
            description=description,
        )
        secret = _add_secret(endpoint)
        _record(actor, Action.WEBHOOK_CREATED, endpoint, **changes({}, _said(endpoint)))
    return endpoint, secret


def change_endpoint(
    actor: Actor, endpoint: Endpoint, *, url: str, kinds: Sequence[str], description: str, enabled: bool
) -> bool:
    """Change an endpoint; False if everything was so before. A new URL must have passed the guard."""
    with transaction.atomic():
        current = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        before = _said(current)
        wanted = {"url": url, "kinds": sorted(kinds), "description": description}
        changed = [name for name, value in wanted.items() if getattr(current, name) != value]
        for name in changed:
            setattr(current, name, wanted[name])
        if enabled != current.is_enabled:
            _turn(current, on=enabled)
            changed.append("enabled")
        if not changed:
            return False
        current.save()
        told = changes(before, _said(current))
        _record(actor, Action.WEBHOOK_CHANGED, current, changed=",".join(changed), **told)
    return True


def rotate_secret(actor: Actor, endpoint: Endpoint, *, secret_id: UUID | None = None) -> str:
    """Give an endpoint a new secret and return it. The former one signs too for the overlap, older ones no more.

    With a `secret_id` that is taken, IntegrityError: the same request came twice.
    """
    with transaction.atomic():
        Endpoint.objects.select_for_update().get(pk=endpoint.pk)  # of two rotations at once, one is the later
        endpoint.secrets.filter(ends_at__isnull=False).delete()
        endpoint.secrets.update(ends_at=timezone.now() + OVERLAP)
        secret = _add_secret(endpoint, secret_id)
        _record(actor, Action.WEBHOOK_ROTATED, endpoint)
    return secret


def delete_endpoint(actor: Actor, endpoint: Endpoint) -> None:
    """Delete an endpoint with its secrets, its deliveries and what waits for it."""
    with transaction.atomic():
        outbox.cancel(endpoint.pk)
        _record(actor, Action.WEBHOOK_DELETED, endpoint)
        Endpoint.objects.filter(pk=endpoint.pk).delete()


def delete_endpoints_of(actor: Actor, organization_id: UUID) -> None:
    """Delete all endpoints of an organization that goes away."""
    for endpoint in Endpoint.objects.of(organization_id):
        delete_endpoint(actor, endpoint)


def purge(now: datetime) -> int:
    """Delete secrets that ended and deliveries that are old, in small batches; return how many deliveries."""
    SigningSecret.objects.filter(ends_at__lte=now).delete()
    purged = 0
    while ids := list(Delivery.objects.before(now - KEPT).values_list("pk", flat=True)[:_BATCH]):
        purged += Delivery.objects.filter(pk__in=ids).delete()[0]
    return purged


def _turn(endpoint: Endpoint, *, on: bool) -> None:
    endpoint.disabled_at = None if on else timezone.now()
    endpoint.disabled_because = "" if on else Because.BY_HAND
    endpoint.failing_since = None


def _add_secret(endpoint: Endpoint, secret_id: UUID | None = None) -> str:
    secret = new_secret()
    SigningSecret.objects.create(
        id=secret_id or new_id(), endpoint=endpoint, organization_id=endpoint.organization_id, secret=secret
    )
    return secret


def _said(endpoint: Endpoint) -> dict[str, Value]:
    """Return what an audit event tells of an endpoint; not its address, whose path may hold a secret."""
    return {"kinds": endpoint.kinds, "enabled": int(endpoint.is_enabled)}


def _record(actor: Actor, action: Action, endpoint: Endpoint, **payload: Plain) -> None:
    record_event(actor, action, target=endpoint.pk, organization_id=endpoint.organization_id, **payload)
