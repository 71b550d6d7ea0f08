"""Verification: from a presented secret to whom it speaks for, and what that may do just now."""

from datetime import timedelta
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.membership import Acting
from accounts.models import Membership, Organization, Project, Role
from accounts.policy import Access, Permission
from keys.models import AdminKey
from keys.secrets import ADMIN_PREFIX, hash_secret, is_well_formed
from ledger.actor import Actor

_NOTED = timedelta(minutes=5)  # a call writes nothing until so long after the last one that was noted


class AdminCaller:
    """An admin key during one request.

    It may do what stands in its scopes *and* what its creator's role allows at this moment: who was demoted or left
    takes their keys' rights along. A key that an operator made has its scopes alone.
    """

    def __init__(self, key: AdminKey) -> None:
        self.key = key
        self.actor = Actor.key(key.pk)

    @property
    def organization(self) -> Organization:
        return self.key.organization

    @cached_property
    def access(self) -> Access | None:
        """What stands behind the key: its creator's access, None if they left. Opens it, once a request."""
        if self.key.created_by_id is None:
            return Access(Role.OWNER)
        memberships = Membership.objects.select_related("user", "organization")
        found = memberships.filter(
            organization=self.organization, user=self.key.created_by_id, user__is_active=True
        ).first()
        return Acting(found.user, found, self.actor).access if found else None

    def may(self, permission: Permission, project: Project | None = None) -> bool:
        """Tell whether it is allowed: in a project if one is named, else in the organization or any of its projects."""
        if permission not in self.key.scopes or self.access is None:
            return False
        return self.access.may(permission, project.pk if project else None)

    def projects(self, permission: Permission = Permission.VIEW_PROJECTS) -> QuerySet[Project]:
        """Return the projects in which something is allowed, the archived ones among them."""
        projects = Project.objects.filter(organization=self.organization)
        if self.access is None or self.access.projects is None:
            return projects if self.may(permission) else projects.none()
        allowed = [pk for pk in self.access.projects if self.access.may(permission, pk)]
        return projects.filter(pk__in=allowed if self.may(permission) else [])

    def limits(self, permission: Permission) -> list[UUID] | None:
        """Return the ids of the projects that something is allowed in; None where that is every project."""
        if self.access is not None and self.access.projects is None:
            return None if self.may(permission) else []
        return list(self.projects(permission).values_list("pk", flat=True))


def find_admin(secret: str) -> AdminCaller | None:
    """Return the caller of a usable key; None for any other, and in production for a demo key."""
    if not is_well_formed(secret, ADMIN_PREFIX):
        return None
    now = timezone.now()
    keys = AdminKey.objects.usable(now).select_related("organization__security")
    if not settings.DEVELOPMENT:
        keys = keys.filter(organization__is_demo=False)
    key = keys.filter(secret_hash=hash_secret(secret)).first()
    if key is None:
        return None
    if key.last_used_at is None or now - key.last_used_at > _NOTED:
        noted = Q(last_used_at=None) | Q(last_used_at__lt=now - _NOTED)
        AdminKey.objects.filter(noted, pk=key.pk).update(last_used_at=now)
    return AdminCaller(key)
