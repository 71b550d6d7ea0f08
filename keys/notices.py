"""What keys cause: events for customers' webhooks, and messages to who made them."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import User
from keys.models import AdminKey, ApiKey
from notifications.notices import Facts, notice
from notifications.webhooks.kinds import event

event("key.created", gettext_lazy("An API key was created"), subject="key_id")
event("key.revoked", gettext_lazy("An API key was revoked"), subject="key_id")


@notice("key-created")
def key_created(key_id: UUID, to: User) -> Facts | None:
    key = _key_of(key_id, to)
    return {**_facts(key), "at": key.created_at} if key else None


@notice("key-revoked")
def key_revoked(key_id: UUID, to: User) -> Facts | None:
    key = _key_of(key_id, to)
    return {**_facts(key), "at": key.revoked_at} if key and key.revoked_at else None


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
