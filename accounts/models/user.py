"""A person with an account. Everything that says who they are is sealed under their own key."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from ledger.ids import new_id
from vault.blind_index import SIZE, email_index
from vault.fields import SealedCharField, SealedDateField, SealedEmailField


class UserManager(BaseUserManager["User"]):
    def find_by_email(self, address: str) -> "User | None":
        """Return the user of that sign-in address, found by its blind index."""
        return self.filter(email_index=email_index(address)).first()

    def create_user(self, email: str, password: str | None, **fields: Any) -> "User":
        user = self.model(email=email, email_index=email_index(email), **fields)
        user.set_password(password)
        user.save(force_insert=True)
        return user


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = SealedEmailField()
    email_index = models.BinaryField(max_length=SIZE, unique=True)
    email_verified_at = models.DateTimeField(null=True)
    name = SealedCharField(max_length=120, null=True)
    phone = SealedCharField(max_length=20, null=True)
    location = SealedCharField(max_length=120, null=True, bucket=768)  # one size: a character takes up to six bytes
    date_of_birth = SealedDateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)  # seeded for development; refused in production

    USERNAME_FIELD = "email_index"
    EMAIL_FIELD = ""  # Django's own mail helpers shall not find an address
    objects = UserManager()
    vault_not_personal = {"password": "an Argon2 hash"}

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.pk

    @property
    def is_verified(self) -> bool:
        return self.email_verified_at is not None
