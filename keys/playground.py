"""The key under which a person calls models from the playground: theirs in one project, good for chat and for an hour.

Its secret is stored nowhere: it follows from the row's id and its hour under the installation's index key, as its hash
does. So a stolen database or session has none, no page shows one, and the gateway treats the calls as any others:
with all limits, holds and metering, under the project and this key.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Project, User
from keys.models import ApiKey
from keys.scopes import Scope
from keys.secrets import derived_secret, hash_secret
from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import new_id
from ledger.models import Action

LASTS = timedelta(hours=1)
_LEAST = timedelta(minutes=1)  # that is left of it when a call begins
_NAME = "Playground"


def playground_secret(actor: Actor, *, project: Project, user: User) -> str:
    """Return the secret of a person's key, which is made or renewed if it is about to expire.

    Whoever asks has made sure that they may use the playground in this project.
    """
    key = _key_of(project, user)
    if key is None or _is_over(key):
        key = _renewed(actor, key, project) if key else _made(actor, project, user)
    return _secret(key)


def _key_of(project: Project, user: User) -> ApiKey | None:
    return ApiKey.objects.filter(project=project, created_by=user, is_playground=True, revoked_at=None).first()


def _is_over(key: ApiKey) -> bool:
    return key.expires_at is None or key.expires_at - timezone.now() < _LEAST


def _made(actor: Actor, project: Project, user: User) -> ApiKey:
    key = ApiKey(
        id=new_id(), project=project, created_by=user, name=_NAME, scopes=[Scope.CHAT.value], is_playground=True
    )
    try:
        with transaction.atomic():
            _seal(key)
            key.save(force_insert=True)
            _record(actor, key, project)
    except IntegrityError:  # another request of theirs was faster
        return ApiKey.objects.get(project=project, created_by=user, is_playground=True, revoked_at=None)
    return key


def _renewed(actor: Actor, key: ApiKey, project: Project) -> ApiKey:
    before = key.expires_at
    with transaction.atomic():
        _seal(key)
        now = {"expires_at": key.expires_at, "secret_hash": key.secret_hash, "tail": key.tail}
        if ApiKey.objects.filter(pk=key.pk, expires_at=before).update(**now):
            _record(actor, key, project)
            return key
    return ApiKey.objects.get(pk=key.pk)


def _seal(key: ApiKey) -> None:
    """Begin another hour of a key, with another secret."""
    key.expires_at = timezone.now() + LASTS
    secret = _secret(key)
    key.secret_hash, key.tail = hash_secret(secret), secret[-4:]


def _secret(key: ApiKey) -> str:
    assert key.expires_at
    return derived_secret(f"{key.pk} {_microseconds(key.expires_at)}")


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _record(actor: Actor, key: ApiKey, project: Project) -> None:
    record_event(
        actor,
        Action.PLAYGROUND_OPENED,
        target=project.pk,
        organization_id=project.organization_id,
        key=str(key.pk),
    )
