"""What people are told of the end of their account or their organization."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.deletion_links import url_of
from accounts.models import Deletion, Organization, User
from notifications.failure import NotNow
from notifications.notices import Facts, notice

_LOOK_AGAIN = timedelta(minutes=1)


@notice("deletion-scheduled")
def deletion_scheduled(deletion_id: UUID, to: User) -> Facts | None:
    deletion = _waiting(deletion_id)
    return {"at": deletion.requested_at, "until": deletion.due_at, "url": url_of(deletion)} if deletion else None


@notice("deletion-cancelled")
def deletion_cancelled(deletion_id: UUID, to: User) -> Facts:
    url = settings.CONSOLE_ORIGIN + reverse("accounts:security")
    return {"at": Deletion.objects.get(pk=deletion_id).cancelled_at, "url": url}


@notice("account-deleted")
def account_deleted(deletion_id: UUID, to: User) -> Facts:
    """Word the last letter just before the keys are destroyed, which this deletion began to do."""
    deletion = Deletion.objects.get(pk=deletion_id)
    horizon = timezone.now().date() + timedelta(days=settings.BACKUP_HORIZON_DAYS)
    until = datetime.combine(horizon, time(), UTC)
    return {"receipt": deletion.number, "at": deletion.began_at, "until": until, "url": url_of(deletion)}


@notice("organization-deletion-scheduled")
def organization_deletion_scheduled(deletion_id: UUID, to: User) -> Facts | None:
    deletion = _waiting(deletion_id)
    organization = _organization_of(deletion, to) if deletion else None
    if deletion is None or organization is None:
        return None
    url = settings.CONSOLE_ORIGIN + reverse("organizations:settings", args=[organization.slug])
    return {"organization": organization.name, "at": deletion.requested_at, "until": deletion.due_at, "url": url}


@notice("organization-deletion-cancelled")
def organization_deletion_cancelled(deletion_id: UUID, to: User) -> Facts | None:
    deletion = Deletion.objects.get(pk=deletion_id)
    organization = _organization_of(deletion, to)
    if organization is None:
        return None
    url = settings.CONSOLE_ORIGIN + reverse("organization_home", args=[organization.slug])
    return {"organization": organization.name, "at": deletion.cancelled_at, "url": url}


@notice("organization-deleted")
def organization_deleted(deletion_id: UUID, to: User) -> Facts:
    """Word the letter to who owned it. It was written before, when they still did, and waits until it is true."""
    deletion = Deletion.objects.get(pk=deletion_id)
    if deletion.carried_out_at is None or deletion.receipt is None:
        raise NotNow(timezone.now() + _LOOK_AGAIN)
    return {
        "organization": Organization.objects.get(pk=deletion.subject_id).name,
        "receipt": deletion.number,
        "at": deletion.carried_out_at,
        "until": datetime.fromisoformat(deletion.receipt["horizon"]).replace(tzinfo=UTC),
        "url": url_of(deletion),
    }


def _waiting(deletion_id: UUID) -> Deletion | None:
    return Deletion.objects.cancellable().filter(pk=deletion_id).first()


def _organization_of(deletion: Deletion, to: User) -> Organization | None:
    return Organization.objects.visible_to(to).filter(pk=deletion.subject_id).first()
