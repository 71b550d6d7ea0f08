"""A project: where keys and usage of one product belong, and how long its content is kept."""

from django.core.validators import MaxValueValidator
from django.db import models

from accounts.models.organization import Organization
from ledger.ids import new_id

MAX_RETENTION_DAYS = 30


class ProjectQuerySet(models.QuerySet["Project"]):
    def active(self) -> "ProjectQuerySet":
        return self.filter(archived_at=None)

    def archived(self) -> "ProjectQuerySet":
        return self.exclude(archived_at=None)


class Project(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60)
    # 0 means that prompts and answers are never written at all.
    retention_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(MAX_RETENTION_DAYS)])
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)  # since when its keys are refused

    objects = ProjectQuerySet.as_manager()
    vault_not_personal = {"name": "of a product, shown to all members"}

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="project_slug_in_organization"),
            models.CheckConstraint(
                condition=models.Q(retention_days__lte=MAX_RETENTION_DAYS), name="retention_at_most_30_days"
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None
