"""A recovery code: signs its person in once when no other factor is at hand. Here stands a keyed hash."""

from django.db import models
from django.utils import timezone

from accounts.models.user import User
from ledger.ids import new_id


class RecoveryCode(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once_a_person")]

    def __str__(self) -> str:
        return str(self.pk)
