"""A refusal: calls of a key that one rule refused within one minute, with what its counter said at the last of them.

Gateways count here what they answer with 402, 403 or 429, so that people can see why. No row says anything of what
was asked.
"""

from django.db import models

from accounts.membership import Acting
from accounts.policy import Permission
from catalog.money import PicoField
from ledger.ids import new_id


class RefusalQuerySet(models.QuerySet["Refusal"]):
    def visible_to(self, acting: Acting) -> "RefusalQuerySet":
        """Return those of all projects, or of those whose usage somebody may see."""
        refusals, limits = self.filter(organization_id=acting.organization.pk), acting.limits(Permission.VIEW_USAGE)
        return refusals if limits is None else refusals.filter(project_id__in=limits)


class Refusal(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Opaque ids: a row is written in one statement, and outlives its key by days at most.
    organization_id = models.UUIDField()
    project_id = models.UUIDField()
    key_id = models.UUIDField()
    rule = models.CharField(max_length=60)  # of keys.refusal_rules
    model = models.CharField(max_length=120, default="", blank=True)  # that was asked for; "": it did not come to that
    minute = models.DateTimeField(db_index=True)  # retention goes by it
    count = models.PositiveBigIntegerField(default=1)
    # Of the last one. Money is in pico-dollars.
    last_at = models.DateTimeField()
    last_request_id = models.UUIDField()
    limit = PicoField(null=True)
    counter = PicoField(null=True)
    resets_at = models.DateTimeField(null=True)  # None: not by itself

    objects = RefusalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_id", "rule", "model", "minute"], name="one_refusal_a_minute")
        ]
        indexes = [
            models.Index(fields=["organization_id", "-last_at"], name="refusal_by_organization"),
            models.Index(fields=["last_request_id"], name="refusal_by_request"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.minute:%Y-%m-%dT%H:%M}"
