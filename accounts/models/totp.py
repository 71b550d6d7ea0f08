"""An authenticator app. The secret that it shares with us is sealed under its person's own key."""

from uuid import UUID

from django.db import models
from django.utils import timezone

from accounts.models.user import User
from ledger.ids import new_id
from vault.fields import SealedCharField


class Totp(models.Model):
    """Counts once `confirmed_at` is set. `last_step` is the newest time step whose code was accepted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="totp")
    secret = SealedCharField(max_length=32)  # base32
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.PositiveBigIntegerField(default=0)

    vault_tenant_field = "user_id"

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.user_id
