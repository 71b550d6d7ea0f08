"""A refusal: somebody wanted no mail of an organization. Nobody can read whose address it was; it can be recognised."""

from datetime import datetime

from django.db import models

from accounts.models.organization import Organization


class RefusalQuerySet(models.QuerySet["Refusal"]):
    def since(self, moment: datetime) -> "RefusalQuerySet":
        return self.filter(at__gt=moment)

    def before(self, moment: datetime) -> "RefusalQuerySet":
        return self.filter(at__lt=moment)


class Refusal(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="refusals")
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = RefusalQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "fingerprint"], name="refusal_once")]
        indexes = [models.Index(fields=["at"], name="refusal_by_age")]

    def __str__(self) -> str:
        return f"refusal of {self.organization_id}"
