"""A person with an account. Everything that says who they are is sealed under their own key."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models, transaction

from accounts.models.deletion import Deletion
from ledger.ids import new_id
from vault.fields import SealedCharField, SealedDateField, SealedEmailField
from vault.unsealer import unsealer


class UserManager(BaseUserManager["User"]):
    def find_by_email(self, address: str) -> "User | None":
        """Return the user of that sign-in address, found by its blind index."""
        return self.of_email(address).first()

    def of_email(self, address: str) -> "models.QuerySet[User]":
        """Return that user, or nobody. Who asks for few columns takes the same time for either."""
        from accounts.models.email_index import EmailIndex  # which needs this module

        return self.filter(email_indexes__in=EmailIndex.objects.matching(unsealer().index_email(address)))

    def with_deletion(self) -> "models.QuerySet[User]":
        """Have each person's `deletion_due_at` and `deletion_began_at`, if they asked for the end of their account."""
        asked = Deletion.objects.pending().filter(subject_id=models.OuterRef("pk"))
        times = {f"deletion_{name}": models.Subquery(asked.values(name)[:1]) for name in ("due_at", "began_at")}
        return self.annotate(**times)

    def create_user(self, email: str, password: str | None, **fields: Any) -> "User":
        """Make a user; IntegrityError if the address has one."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        with transaction.atomic():
            user.save(force_insert=True)
            for index in unsealer().index_email(email):
                user.email_indexes.create(version=index.version, value=index.value)
        return user


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = SealedEmailField()
    email_verified_at = models.DateTimeField(null=True)
    name = SealedCharField(max_length=120, null=True)
    phone = SealedCharField(max_length=20, null=True)
    location = SealedCharField(max_length=120, null=True, bucket=768)  # one size: a character takes up to six bytes
    date_of_birth = SealedDateField(null=True)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    time_zone = models.CharField(max_length=40, default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)  # seeded for development; refused in production
    is_operator = models.BooleanField(default=False)  # runs the installation; set at the server alone

    question = ""  # who opened an account agreed to what it sends
    USERNAME_FIELD = "id"
    EMAIL_FIELD = ""  # Django's own mail helpers shall not find an address
    objects = UserManager()
    vault_not_personal = {
        "password": "an Argon2 hash",
        "language": "one of those that messages are written in",
        "time_zone": "the clock that messages tell times by; UTC unless the person chooses one",
    }
    vault_tenant_field = "id"

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.pk

    @property
    def is_verified(self) -> bool:
        return self.email_verified_at is not None
