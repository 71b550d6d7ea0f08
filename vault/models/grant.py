"""A grant: leave to open named fields of named rows, for one case and a few hours.

The row is only a request and a signature. Whether it is in force, and how often it was used, stands in the ledger.
"""

from datetime import timedelta
from uuid import UUID

from django.db import models

from ledger.ids import new_id

LONGEST = timedelta(hours=12)


class Grant(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    purpose = models.CharField(max_length=24)
    tenant = models.UUIDField()
    fields: "models.JSONField[list[str], list[str]]" = models.JSONField()
    subjects: "models.JSONField[list[str], list[str]]" = models.JSONField()
    case = models.CharField(max_length=80)  # the ticket, or the reference of the authority
    maximum = models.PositiveSmallIntegerField()  # openings
    requester = models.CharField(max_length=80)
    requested_at = models.DateTimeField(auto_now_add=True)
    approver = models.CharField(max_length=80, default="")
    approved_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    signature = models.BinaryField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(approver=models.F("requester")), name="not_by_the_requester"),
            models.CheckConstraint(condition=~models.Q(case=""), name="a_grant_has_a_case"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} grant {self.pk}"

    def subject_ids(self) -> frozenset[UUID]:
        return frozenset(map(UUID, self.subjects))
