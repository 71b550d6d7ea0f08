"""What can be done with admin keys. An action writes its change, its audit event and its messages at once."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from accounts.policy import Permission
from keys.admin.scopes import by_resource
from keys.models import AdminKey
from keys.secrets import ADMIN_PREFIX, hash_secret, new_secret
from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import new_id
from ledger.models import Action
from notifications.telling import tell


def issue_admin_key(
    actor: Actor,
    *,
    organization: Organization,
    name: str,
    scopes: Collection[Permission],
    creator: User | None = None,
    expires_at: datetime | None = None,
    key_id: UUID | None = None,
) -> tuple[AdminKey, str]:
    """Make an admin key and return it with its secret, which exists only in this return value.

    Whoever asks has made sure that the creator may do what the scopes say. Without a creator the scopes stand alone.
    With a `key_id` that is taken, IntegrityError: the same request came twice.
    """
    secret = new_secret(ADMIN_PREFIX)
    with transaction.atomic():
        key = AdminKey.objects.create(
            id=key_id or new_id(),
            organization=organization,
            created_by=creator,
            name=name,
            scopes=sorted(scopes),
            secret_hash=hash_secret(secret),
            tail=secret[-4:],
            expires_at=expires_at,
        )
        _record(actor, Action.ADMIN_KEY_CREATED, key, **by_resource(scopes))
        tell("key-created", key.pk, _makers(key))
    return key, secret


def revoke_admin_key(actor: Actor, key: AdminKey) -> bool:
    """End an admin key at once; False if it was revoked before."""
    with transaction.atomic():
        if not AdminKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            return False
        _record(actor, Action.ADMIN_KEY_REVOKED, key)
        tell("key-revoked", key.pk, _makers(key))
    key.refresh_from_db(fields=["revoked_at"])
    return True


def _makers(key: AdminKey) -> list[UUID]:
    return [key.created_by_id] if key.created_by_id else []


def _record(actor: Actor, action: Action, key: AdminKey, **payload: str) -> None:
    record_event(actor, action, target=key.pk, organization_id=key.organization_id, **payload)
