"""A hold: the most that a call under way can cost, set aside until it is settled or the hold is over."""

from django.db import models

from catalog.money import PicoField


class Hold(models.Model):
    id = models.UUIDField(primary_key=True, editable=False)  # the call's
    organization_id = models.UUIDField()
    amount = PicoField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="holds_hold_something")]

    def __str__(self) -> str:
        return f"{self.amount} for {self.pk}"
