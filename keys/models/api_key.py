"""An API key: a keyed hash of a secret that was shown once, whom it speaks for, and what it may call from where."""

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.membership import Acting
from accounts.models import Organization, Project, User
from accounts.policy import Permission
from keys.models.service_account import ServiceAccount
from keys.scopes import all_scopes
from ledger.ids import new_id


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def active(self, now: datetime | None = None) -> "ApiKeyQuerySet":
        """Return the keys that are neither revoked nor over."""
        now = now or timezone.now()
        lasting = Q(expires_at=None) | Q(expires_at__gt=now)
        return self.filter(lasting, Q(ends_at=None) | Q(ends_at__gt=now), revoked_at=None)

    def of(self, organization: Organization) -> "ApiKeyQuerySet":
        return self.filter(project__organization=organization)

    def visible_to(self, acting: Acting) -> "ApiKeyQuerySet":
        """Return the keys that somebody may see: of all projects, or of those that they are limited to.

        The playground's are nobody's to see: their secrets never leave the console (`keys/playground.py`).
        """
        keys, limits = self.of(acting.organization).filter(is_playground=False), acting.limits(Permission.VIEW_KEYS)
        return keys if limits is None else keys.filter(project__in=limits)

    def of_playgrounds(self, acting: Acting) -> "ApiKeyQuerySet":
        """Return those of the playground in the projects whose usage somebody sees, for the name of their calls."""
        keys, limits = self.of(acting.organization).filter(is_playground=True), acting.limits(Permission.VIEW_USAGE)
        return keys if limits is None else keys.filter(project__in=limits)


class ApiKey(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="keys")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    is_personal = models.BooleanField(default=False)  # a person made it for themselves, whether or not they are there
    service_account = models.ForeignKey(ServiceAccount, on_delete=models.CASCADE, null=True, related_name="keys")
    name = models.CharField(max_length=80)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    tail = models.CharField(max_length=4)  # the last characters, to tell keys apart
    created_at = models.DateTimeField(default=timezone.now)
    scopes = models.JSONField(default=all_scopes)  # values of Scope
    allowed_models = models.JSONField(null=True)  # names; None: all, those to come as well
    allowed_networks = models.JSONField(default=list)  # CIDR; none: from everywhere
    expires_at = models.DateTimeField(null=True)
    # The first key of its rotations; None: it is that. Limits and budget are of it, so that to rotate resets nothing.
    line_id = models.UUIDField(null=True, db_index=True)
    # Rotation: the key that this one follows, which stops at its `ends_at`. A key has one successor.
    predecessor = models.OneToOneField("self", on_delete=models.SET_NULL, null=True, related_name="successor")
    ends_at = models.DateTimeField(null=True)
    rotate_every = models.PositiveSmallIntegerField(null=True)  # days after which somebody is told to rotate it
    leaked_at = models.DateTimeField(null=True)  # since when it is limited, because it was found in public
    leaked_on = models.CharField(max_length=120, default="", blank=True)  # the host it was found on
    orphaned_at = models.DateTimeField(null=True)  # since when its maker has no part in its project any more
    revoked_at = models.DateTimeField(null=True)
    is_playground = models.BooleanField(default=False)  # under which its person calls from the playground

    objects = ApiKeyQuerySet.as_manager()
    vault_not_personal = {"name": "says what a key is for, shown to all members"}

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["project", "created_by"],
                condition=Q(is_playground=True, revoked_at=None),
                name="one_playground_key_a_person",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def hint(self) -> str:
        return f"llk_…{self.tail}"

    @property
    def subject_id(self) -> UUID:
        """Whose limits and budget it has: one subject for all keys of its line."""
        return self.line_id or self.pk

    @property
    def over_at(self) -> datetime | None:
        """When it stops by itself: it expires, or its rotation's overlap ends."""
        return min(filter(None, (self.expires_at, self.ends_at)), default=None)

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None and not (self.over_at and self.over_at <= timezone.now())
