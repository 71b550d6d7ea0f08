"""An organization: the customer. Its projects hold keys; its memberships say who may do what."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from accounts.models.deletion import Deletion
from ledger.ids import new_id

if TYPE_CHECKING:
    from accounts.models.user import User


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: "User") -> "OrganizationQuerySet":
        return self.filter(memberships__user=user)

    def with_deletion(self) -> "OrganizationQuerySet":
        """Have each organization's `deletion_due_at`: when it ends, if somebody asked for that."""
        asked = Deletion.objects.pending().filter(subject_id=models.OuterRef("pk"))
        return self.annotate(deletion_due_at=models.Subquery(asked.values("due_at")[:1]))


class Organization(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False)
    # Classes of models (see `catalog`) that nobody here may call: their names are as if there were no such model.
    blocked_policies = models.JSONField(default=list)
    seats = models.PositiveIntegerField(null=True)  # members and open invitations at most; null for no limit

    objects = OrganizationQuerySet.as_manager()
    vault_not_personal = {"name": "of a company or a team, shown to all its members; its address is made of it"}

    def __str__(self) -> str:
        return self.slug

    @property
    def vault_tenant(self) -> UUID:
        return self.pk
