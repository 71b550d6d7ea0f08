"""Who of a provider's people is which user. The provider's name for them stands here as a fingerprint alone."""

from django.db import models

from accounts.models.identity_provider import IdentityProvider
from accounts.models.user import User
from ledger.ids import new_id


class SsoLink(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="links")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sso_links")
    subject = models.CharField(max_length=64)  # keyed: some providers take an address for a subject
    created_at = models.DateTimeField(auto_now_add=True)

    vault_not_personal = {"subject": "a keyed fingerprint, 64 hexadecimal digits"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="one_user_a_subject"),
            models.UniqueConstraint(fields=["provider", "user"], name="one_subject_a_user"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
