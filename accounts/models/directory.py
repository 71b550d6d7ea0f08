"""An organization's directory: name and address of every member in one sealed value, so that a search opens one.

NULL means that nobody is in it. An organization without this row is older than directories: `accounts/directory.py`
builds its own from the members when it is needed.
"""

from uuid import UUID

from django.db import models

from accounts.models.organization import Organization
from ledger.ids import new_id
from vault.fields import SealedBinaryField


class Directory(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="directory")
    entries = SealedBinaryField(null=True, bucket=4096)

    vault_tenant_field = "organization_id"

    class Meta:
        verbose_name_plural = "directories"

    def __str__(self) -> str:
        return f"directory of {self.organization_id}"

    @property
    def vault_tenant(self) -> UUID:
        return self.organization_id
