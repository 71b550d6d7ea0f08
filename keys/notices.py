"""What keys cause: events for customers' webhooks, and messages to who made them."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Organization, User
from keys import states
from keys.models import AdminKey, ApiKey
from keys.reminders import rotation_due
from notifications.notices import Facts, notice
from notifications.webhooks.kinds import event

event("key.created", gettext_lazy("An API key was created"), subject="key_id")
event("key.revoked", gettext_lazy("An API key was revoked"), subject="key_id")
event("key.rotated", gettext_lazy("An API key was rotated; it names its successor"), subject="key_id")
event("key.leaked", gettext_lazy("An API key or admin key was found in public"), subject="key_id")
event("key.expiring", gettext_lazy("An API key is about to expire"), subject="key_id")


@notice("key-created")
def key_created(key_id: UUID, to: User) -> Facts | None:
    key = _key_of(key_id, to)
    return {**_facts(key), "at": key.created_at} if key else None


@notice("key-revoked")
def key_revoked(key_id: UUID, to: User) -> Facts | None:
    key = _key_of(key_id, to)
    return {**_facts(key), "at": key.revoked_at} if key and key.revoked_at else None


@notice("key-rotated")
def key_rotated(key_id: UUID, to: User) -> Facts | None:
    key = _key_of(key_id, to)
    if not isinstance(key, ApiKey):
        return None
    successor = ApiKey.objects.filter(predecessor=key).first()
    if not successor or not key.ends_at:
        return None
    until = key.ends_at if key.is_active else None
    return {**_facts(key), "at": successor.created_at, "until": until, "url": _page(successor)}


@notice("key-expiring")
def key_expiring(key_id: UUID, to: User) -> Facts | None:
    key, now = _key_of(key_id, to), timezone.now()
    if not isinstance(key, ApiKey) or not key.is_active or key.ends_at or not key.expires_at:
        return None
    days = max(1, round((key.expires_at - now) / timedelta(days=1)))
    return {**_facts(key), "until": key.expires_at, "days": days, "url": _page(key)}


@notice("key-expired")
def key_expired(key_id: UUID, to: User) -> Facts | None:
    key = _key_of(key_id, to)
    if not isinstance(key, ApiKey) or key.revoked_at or not key.expires_at or key.expires_at > timezone.now():
        return None
    return {**_facts(key), "at": key.expires_at, "url": _page(key)}


@notice("key-rotation-due")
def key_rotation_due(key_id: UUID, to: User) -> Facts | None:
    key = _key_of(key_id, to)
    if not isinstance(key, ApiKey) or not key.is_active or key.ends_at or not (due := rotation_due(key)):
        return None
    return {**_facts(key), "due": due, "days": key.rotate_every, "url": _page(key, "keys:rotation")}


@notice("keys-orphaned")
def keys_orphaned(organization_id: UUID, to: User) -> Facts | None:
    return _flagged(organization_id, to, states.orphaned(timezone.now()), "orphaned")


@notice("keys-unused")
def keys_unused(organization_id: UUID, to: User) -> Facts | None:
    found = _flagged(organization_id, to, states.unused(timezone.now()), "unused")
    return found and {**found, "days": states.UNUSED.days}


@notice("key-leaked")
def key_leaked(key_id: UUID, to: User) -> Facts | None:
    key = _key_of(key_id, to)
    if isinstance(key, AdminKey):
        return {**_facts(key), "at": key.revoked_at, "is_revoked": True} if key.revoked_at else None
    if key is None or not key.leaked_at:
        return None
    url = _page(key, "keys:leak")
    return {**_facts(key), "at": key.leaked_at, "is_revoked": key.revoked_at is not None, "url": url}


def _flagged(organization_id: UUID, to: User, where: Q, flag: str) -> Facts | None:
    """Return how many keys of an organization are so now; None for who does not manage it any more."""
    organization = Organization.objects.filter(pk=organization_id, memberships__user=to).first()
    found = ApiKey.objects.filter(where, project__organization=organization_id, project__archived_at=None)
    keys = found.exclude(is_playground=True).count()
    if organization is None or not keys:
        return None
    url = f"{settings.CONSOLE_ORIGIN}{reverse('keys:list', args=[organization.slug])}?flag={flag}"
    return {"organization": organization.name, "keys": keys, "url": url}


def _page(key: ApiKey, name: str = "keys:key") -> str:
    return settings.CONSOLE_ORIGIN + reverse(name, args=[key.project.organization.slug, key.pk])


def _key_of(key_id: UUID, to: User) -> ApiKey | AdminKey | None:
    """Return the key if the recipient still belongs to its organization."""
    keys = ApiKey.objects.select_related("project__organization")
    admin_keys = AdminKey.objects.select_related("organization")
    return (
        keys.filter(pk=key_id, project__organization__memberships__user=to).first()
        or admin_keys.filter(pk=key_id, organization__memberships__user=to).first()
    )


def _facts(key: ApiKey | AdminKey) -> Facts:
    """Return what a message says of a key; an admin key has no project."""
    if isinstance(key, AdminKey):
        organization, project, page = key.organization, "", "admin_keys:list"
    else:
        organization, project, page = key.project.organization, key.project.name, "keys:list"
    return {
        "key": key.name,
        "project": project,
        "organization": organization.name,
        "url": settings.CONSOLE_ORIGIN + reverse(page, args=[organization.slug]),
    }
