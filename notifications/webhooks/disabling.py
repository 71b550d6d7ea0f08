"""Disabling an endpoint: it gets nothing more until somebody enables it again."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.models import Because, Endpoint

Listener = Callable[[Endpoint], None]
_listeners: list[Listener] = []


def on_disabled(listener: Listener) -> Listener:
    """Register what a room above does about a disabled endpoint, in the same transaction: it knows whom to tell."""
    _listeners.append(listener)
    return listener


def disable(actor: Actor, endpoint: Endpoint, because: Because) -> bool:
    """Disable an endpoint; False if it was disabled before. What waits for it is given up when its turn comes."""
    with transaction.atomic():
        now = timezone.now()
        if not Endpoint.objects.enabled().filter(pk=endpoint.pk).update(disabled_at=now, disabled_because=because):
            return False
        record_event(
            actor,
            Action.WEBHOOK_DISABLED,
            target=endpoint.pk,
            organization_id=endpoint.organization_id,
            because=because.value,
        )
        endpoint.disabled_at, endpoint.disabled_because = now, because
        for listener in _listeners:
            listener(endpoint)
    return True
