"""What people were told this month of their spend cap, and whether a call was refused for it."""

from datetime import date
from uuid import UUID

from django.db import models

from billing.models.account import BillingAccount

STEPS = (80, 100)  # percent of the cap


class CapAlert(models.Model):
    """Of one calendar month, UTC; a new month begins it anew."""

    account = models.OneToOneField(BillingAccount, on_delete=models.PROTECT, primary_key=True, related_name="cap_alert")
    month = models.DateField()  # its first day
    told = models.PositiveSmallIntegerField(default=0)  # percent: the highest step that was told
    is_refused = models.BooleanField(default=False)  # the most that a call can cost did not fit below the cap any more

    def __str__(self) -> str:
        return f"{self.told} % told in {self.month:%Y-%m}"

    @classmethod
    def of(cls, organization_id: UUID, month: date) -> "CapAlert":
        """Return that of a month, made or begun anew if there is none."""
        alert, _ = cls.objects.get_or_create(pk=organization_id, defaults={"month": month})
        if alert.month != month:
            alert.month, alert.told, alert.is_refused = month, 0, False
            alert.save()
        return alert

    @classmethod
    def note_refusal(cls, organization_id: UUID, month: date) -> None:
        alert = cls.of(organization_id, month)
        if not alert.is_refused:
            cls.objects.filter(pk=organization_id, month=month).update(is_refused=True)
