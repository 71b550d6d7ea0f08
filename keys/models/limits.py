"""Limits on calls: of an organization, a project or a key, for all models or for one."""

from django.db import models

from ledger.ids import new_id


class Level(models.TextChoices):
    """Whose limits they are; a call meets those of all three."""

    ORGANIZATION = "organization"
    PROJECT = "project"
    KEY = "key"


class Limits(models.Model):
    """What one subject may do; an empty limit limits nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The id of an organization, a project or a key, without a foreign key: one column for the three.
    subject_id = models.UUIDField()
    level = models.CharField(max_length=12, choices=Level.choices)
    organization_id = models.UUIDField(db_index=True)
    model = models.CharField(max_length=120, default="", blank=True)  # "": all models together
    requests_per_minute = models.PositiveIntegerField(null=True)
    tokens_per_minute = models.PositiveBigIntegerField(null=True)
    concurrent = models.PositiveIntegerField(null=True)  # requests at once

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_id", "model"], name="limits_of_a_subject_and_model")]

    def __str__(self) -> str:
        return f"{self.level} {self.subject_id}"
