"""A key was found in public: it is slowed down or ended, and those who can act are told.

An API key is slowed to what `LEAKED_KEYS=limit` leaves of it, so that a program that runs is not cut off by whoever
found its key; an installation may have it revoked. An admin key carries rights, so it is revoked in any case.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from keys.actions.revoking import revoke_key
from keys.admin.actions import revoke_admin_key
from keys.models import AdminKey, ApiKey
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell
from notifications.webhooks.publish import publish

REVOKE = "revoke"


def mark_leaked(actor: Actor, key: ApiKey, *, host: str = "", audience: Sequence[UUID] = ()) -> bool:
    """Note that a key is public; False if that is known, or the key has ended. `audience` is told."""
    with transaction.atomic():
        unknown = ApiKey.objects.active().filter(pk=key.pk, leaked_at=None)
        if not unknown.update(leaked_at=timezone.now(), leaked_on=host):
            return False
        record_event(
            actor,
            Action.KEY_LEAKED,
            target=key.pk,
            organization_id=key.project.organization_id,
            project=str(key.project_id),
            effect=settings.LEAKED_KEYS,
            **_found(host),
        )
        publish(key.project.organization_id, "key.leaked", key.pk)
        if settings.LEAKED_KEYS == REVOKE:
            revoke_key(actor, key)
        tell("key-leaked", key.pk, audience)
    key.refresh_from_db()
    return True


def end_leaked_admin_key(actor: Actor, key: AdminKey, *, host: str = "", audience: Sequence[UUID] = ()) -> bool:
    """Revoke an admin key that is public; False if it has ended before."""
    with transaction.atomic():
        if not key.is_active or not revoke_admin_key(actor, key):
            return False
        action, place = Action.ADMIN_KEY_LEAKED, key.organization_id
        record_event(actor, action, target=key.pk, organization_id=place, effect=REVOKE, **_found(host))
        publish(key.organization_id, "key.leaked", key.pk)
        tell("key-leaked", key.pk, audience)
    return True


def _found(host: str) -> dict[str, Any]:
    return {"host": host} if host else {}
