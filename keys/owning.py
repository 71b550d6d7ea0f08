"""Whose a key is: a person's or a service account's, who is told of it, and whether that owner is still there."""

from uuid import UUID

from accounts.models import Project
from keys.models import ApiKey, ServiceAccount


class AccountEnded(Exception):
    """The service account has ended, or is another project's: it gets no key."""


def makers(key: ApiKey) -> list[UUID]:
    """Return who is told of a key: who made it."""
    return [key.created_by_id] if key.created_by_id else []


def refuse_ended(account: ServiceAccount, project: Project) -> None:
    """AccountEnded unless it is this project's and goes on; its row is locked, so that it does not end meanwhile."""
    locked = ServiceAccount.objects.select_for_update().filter(pk=account.pk, project=project).active()
    if not locked.exists():
        raise AccountEnded
