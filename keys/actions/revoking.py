"""The end of keys, of one or of many at once."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from keys.models import ApiKey
from keys.owning import makers
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell
from notifications.webhooks.publish import publish


def revoke_key(actor: Actor, key: ApiKey) -> bool:
    """End a key at once; False if it had ended before."""
    with transaction.atomic():
        if not ApiKey.objects.active().filter(pk=key.pk).update(revoked_at=timezone.now()):
            return False
        organization_id = key.project.organization_id
        project = str(key.project_id)
        record_event(actor, Action.KEY_REVOKED, target=key.pk, organization_id=organization_id, project=project)
        publish(organization_id, "key.revoked", key.pk)
        tell("key-revoked", key.pk, makers(key))
    key.refresh_from_db(fields=["revoked_at"])
    return True


def revoke_keys(actor: Actor, keys: Sequence[ApiKey]) -> int:
    """End keys at once, all of them or none; return how many had not ended before."""
    with transaction.atomic():
        # In one order, so that two who end overlapping ones do not block each other.
        return sum(revoke_key(actor, key) for key in sorted(keys, key=lambda key: key.pk))
