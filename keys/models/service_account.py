"""A service account: a key's owner that is no person, so that the key outlives whoever made it."""

from django.db import models
from django.utils import timezone

from accounts.membership import Acting
from accounts.models import Project, User
from accounts.policy import Permission
from ledger.ids import new_id


class ServiceAccountQuerySet(models.QuerySet["ServiceAccount"]):
    def active(self) -> "ServiceAccountQuerySet":
        return self.filter(ended_at=None)

    def visible_to(self, acting: Acting) -> "ServiceAccountQuerySet":
        """Return those of all projects, or of those that somebody is limited to."""
        accounts, limits = self.filter(project__organization=acting.organization), acting.limits(Permission.VIEW_KEYS)
        return accounts if limits is None else accounts.filter(project__in=limits)


class ServiceAccount(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="service_accounts")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)  # its keys ended with it

    objects = ServiceAccountQuerySet.as_manager()
    vault_not_personal = {"name": "says what a program does, shown to all members"}

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return str(self.pk)
