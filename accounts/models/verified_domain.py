"""A domain that an organization says is theirs, and proves by a record in its DNS. One organization a proven domain."""

from django.db import models
from django.db.models import Q

from accounts.models.organization import Organization
from ledger.ids import new_id


class VerifiedDomainQuerySet(models.QuerySet["VerifiedDomain"]):
    def verified(self) -> "VerifiedDomainQuerySet":
        return self.filter(verified_at__isnull=False)


class VerifiedDomain(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253)  # as DNS has it: lower case, IDNA
    token = models.CharField(max_length=43)  # what the record holds; public from then on
    created_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(null=True)  # None until it is proven, and once the proof was gone for days
    checked_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)  # the first check that found no record, after one that did

    objects = VerifiedDomainQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "domain"], name="one_claim_a_domain"),
            models.UniqueConstraint(
                fields=["domain"], condition=Q(verified_at__isnull=False), name="one_organization_a_domain"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
