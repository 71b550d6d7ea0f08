"""Rotating a key: a successor with another secret and the same rules, and an end for the one before.

The two share limits and budget, because these are of their line. A key has one successor, by a unique column: of
rotations at the same moment one makes it.
"""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from keys.models import ApiKey
from keys.owning import makers, refuse_ended
from keys.rules import Rules, rules_of
from keys.secrets import hash_secret, new_secret
from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import new_id
from ledger.models import Action
from notifications.telling import tell
from notifications.webhooks.publish import publish

OVERLAPS = (timedelta(0), timedelta(hours=1), timedelta(hours=24), timedelta(days=7))


class NotRotatable(Exception):
    """The key has ended, or has a successor already."""


def rotate_key(
    actor: Actor, key: ApiKey, *, overlap: timedelta, creator: User | None = None, key_id: UUID | None = None
) -> tuple[ApiKey, str]:
    """Make the successor of a key and return it with its secret, which exists only in this return value.

    The former secret works until the overlap ends. NotRotatable for a key that has ended or was rotated before.
    `creator` has seen the secret, so the successor is theirs, unless it is a service account's.
    """
    if overlap not in OVERLAPS:
        raise ValueError("Overlaps are nothing, an hour, a day and a week.")
    secret, now = new_secret(), timezone.now()
    try:
        with transaction.atomic():
            current = _locked(key)
            if current.service_account:
                refuse_ended(current.service_account, current.project)
            successor = _succeed(current, secret, creator, key_id or new_id())
            ApiKey.objects.filter(pk=current.pk).update(ends_at=now + overlap)
            record_event(
                actor,
                Action.KEY_ROTATED,
                target=current.pk,
                organization_id=current.project.organization_id,
                project=str(current.project_id),
                successor=str(successor.pk),
                overlap_seconds=int(overlap.total_seconds()),
            )
            publish(current.project.organization_id, "key.rotated", current.pk)
            tell("key-rotated", current.pk, {*makers(current), *makers(successor)})
    except IntegrityError:
        raise NotRotatable from None
    key.refresh_from_db()
    return successor, secret


def _locked(key: ApiKey) -> ApiKey:
    """Lock a key that can be rotated, and return it."""
    keys = ApiKey.objects.select_for_update(of=("self",)).select_related("project", "service_account")
    current = keys.active().filter(pk=key.pk).first()
    if current is None or ApiKey.objects.filter(predecessor=current).exists():
        raise NotRotatable
    return current


def _succeed(key: ApiKey, secret: str, creator: User | None, key_id: UUID) -> ApiKey:
    return ApiKey.objects.create(
        id=key_id,
        project=key.project,
        name=key.name,
        created_by=creator,
        service_account=key.service_account,
        is_personal=creator is not None and key.service_account_id is None,
        secret_hash=hash_secret(secret),
        tail=secret[-4:],
        line_id=key.subject_id,
        predecessor=key,
        **_anew(key).columns(),
    )


def _anew(key: ApiKey) -> Rules:
    """Return the same rules, with a life as long as the former one's, from now on."""
    rules = rules_of(key)
    lasts = key.expires_at - key.created_at if key.expires_at else None
    return Rules(
        rules.scopes, rules.models, rules.networks, timezone.now() + lasts if lasts else None, rules.rotate_every
    )
