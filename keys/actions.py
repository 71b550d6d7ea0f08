"""What can be done with keys. Each action writes its change, its audit event and its messages in one transaction."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from keys.models import ApiKey
from keys.secrets import hash_secret, new_secret
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.ids import new_id
from ledger.models import Action
from notifications.telling import tell
from notifications.webhooks.publish import publish


def issue_key(
    actor: Actor, *, project: Project, name: str, creator: User | None = None, key_id: UUID | None = None
) -> tuple[ApiKey, str]:
    """Make a key and return it with its secret, which exists only in this return value.

    With a `key_id` that is taken, IntegrityError: the same request came twice.
    """
    secret = new_secret()
    with transaction.atomic():
        key = ApiKey.objects.create(
            id=key_id or new_id(),
            project=project,
            name=name,
            created_by=creator,
            secret_hash=hash_secret(secret),
            tail=secret[-4:],
        )
        record_event(
            actor,
            Action.KEY_CREATED,
            target=key.pk,
            organization_id=project.organization_id,
            project=str(project.pk),
            **changes({}, {"name": name}),
        )
        publish(project.organization_id, "key.created", key.pk)
        tell("key-created", key.pk, _makers(key))
    return key, secret


def revoke_key(actor: Actor, key: ApiKey) -> bool:
    """End a key at once; False if it had ended before."""
    with transaction.atomic():
        if not ApiKey.objects.active().filter(pk=key.pk).update(revoked_at=timezone.now()):
            return False
        organization_id = key.project.organization_id
        project = str(key.project_id)
        record_event(actor, Action.KEY_REVOKED, target=key.pk, organization_id=organization_id, project=project)
        publish(organization_id, "key.revoked", key.pk)
        tell("key-revoked", key.pk, _makers(key))
    key.refresh_from_db(fields=["revoked_at"])
    return True


def _makers(key: ApiKey) -> list[UUID]:
    return [key.created_by_id] if key.created_by_id else []
