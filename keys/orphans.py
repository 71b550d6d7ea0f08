"""Keys whose maker is gone: they work on, because programs depend on them, and are flagged where keys are listed.

A key is an orphan while the person who made it for themselves has no part in its project. Those of service accounts and
of the command line were nobody's from the beginning, and are none.
"""

from uuid import UUID

from django.utils import timezone

from accounts.access_changes import follows_access
from accounts.policy import Access, Permission
from keys.models import ApiKey


@follows_access
def note_orphans(organization_id: UUID, user_id: UUID, access: Access | None) -> None:
    """Flag the keys that somebody leaves behind, and take the flag from those of a project that they are in again."""
    keys = ApiKey.objects.filter(project__organization=organization_id, created_by=user_id, is_personal=True)
    projects = keys.values_list("project", flat=True).distinct().order_by()
    theirs = [pk for pk in projects if access is not None and access.may(Permission.VIEW_KEYS, pk)]
    keys.filter(project__in=theirs).exclude(orphaned_at=None).update(orphaned_at=None)
    keys.exclude(project__in=theirs).filter(orphaned_at=None).update(orphaned_at=timezone.now())
