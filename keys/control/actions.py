"""What can be done with control keys. An action writes its change and its audit event at once."""

from django.db import transaction
from django.utils import timezone

from keys.models import ControlKey
from keys.secrets import CONTROL_PREFIX, hash_secret, new_secret
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


def issue_control_key(actor: Actor, *, name: str) -> tuple[ControlKey, str]:
    """Make a control key and return it with its secret, which exists only in this return value."""
    secret = new_secret(CONTROL_PREFIX)
    with transaction.atomic():
        key = ControlKey.objects.create(name=name, secret_hash=hash_secret(secret), tail=secret[-4:])
        record_event(actor, Action.CONTROL_KEY_CREATED, target=key.pk, after_name=name)
    return key, secret


def revoke_control_key(actor: Actor, key: ControlKey) -> bool:
    """End a control key at once; False if it was revoked before."""
    with transaction.atomic():
        if not ControlKey.objects.active().filter(pk=key.pk).update(revoked_at=timezone.now()):
            return False
        record_event(actor, Action.CONTROL_KEY_REVOKED, target=key.pk)
    key.refresh_from_db(fields=["revoked_at"])
    return True
