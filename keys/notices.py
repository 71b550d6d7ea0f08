"""What keys cause: events for customers' webhooks, and messages to who made them."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from keys.models import ApiKey
from notifications.notices import Facts, notice
from notifications.webhooks.kinds import event

event("key.created", "An API key was created", subject="key_id")
event("key.revoked", "An API key was revoked", subject="key_id")


@notice("key-created")
def key_created(key_id: UUID, to: User) -> Facts | None:
    key = _key_of(key_id, to)
    return {**_facts(key), "at": key.created_at} if key else None


@notice("key-revoked")
def key_revoked(key_id: UUID, to: User) -> Facts | None:
    key = _key_of(key_id, to)
    return {**_facts(key), "at": key.revoked_at} if key and key.revoked_at else None


def _key_of(key_id: UUID, to: User) -> ApiKey | None:
    """Return the key if the recipient still belongs to its organization."""
    keys = ApiKey.objects.select_related("project__organization")
    return keys.filter(pk=key_id, project__organization__memberships__user=to).first()


def _facts(key: ApiKey) -> Facts:
    organization = key.project.organization
    return {
        "key": key.name,
        "project": key.project.name,
        "organization": organization.name,
        "url": settings.CONSOLE_ORIGIN + reverse("keys:list", args=[organization.slug]),
    }
