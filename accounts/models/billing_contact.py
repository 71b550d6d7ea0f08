"""A billing contact: an address of an organization, without an account, that gets messages about what it spends.

Until its owner confirms, it gets one message alone: the question whether they want this. Of that message's link a hash
is kept.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models

from accounts.models.organization import Organization
from accounts.models.user import User
from ledger.ids import new_id
from vault.fields import SealedEmailField

QUESTION = "confirm-contact"  # the kind of the message that asks


class BillingContactQuerySet(models.QuerySet["BillingContact"]):
    def confirmed(self) -> "BillingContactQuerySet":
        return self.filter(confirmed_at__isnull=False)

    def asked(self, now: datetime) -> "BillingContactQuerySet":
        """Contacts whose owner can still confirm by the link of the newest message."""
        return self.filter(confirmed_at=None, token_expires_at__gt=now)

    def unanswered_since(self, moment: datetime) -> "BillingContactQuerySet":
        """Contacts who never confirmed, and whose last link ended before that moment."""
        return self.filter(confirmed_at=None, token_expires_at__lt=moment)


class BillingContact(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="billing_contacts")
    email = SealedEmailField()
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    time_zone = models.CharField(max_length=40, default="UTC")
    confirmed_at = models.DateTimeField(null=True)
    token_hash = models.BinaryField(max_length=32, unique=True, null=True)
    token_expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    phone = None  # nobody texts a contact
    objects = BillingContactQuerySet.as_manager()
    vault_not_personal = {
        "language": "one of those that messages are written in",
        "time_zone": "the clock that messages tell times by",
    }
    vault_tenant_field = "organization_id"

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_tenant(self) -> UUID:
        return self.organization_id

    @property
    def question(self) -> str:
        return "" if self.confirmed_at else QUESTION
