"""A hold: what calls under way can cost at most, set aside until they are settled or the hold is over.

A gateway holds for many calls at once; each of them takes its share with it when it settles.
"""

from django.db import models

from catalog.money import PicoField


class Hold(models.Model):
    id = models.UUIDField(primary_key=True, editable=False)
    organization_id = models.UUIDField()
    budget_id = models.UUIDField(null=True)  # whose budget it is held from; None: from the billing account
    amount = PicoField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="holds_hold_something")]

    def __str__(self) -> str:
        return f"{self.amount} for {self.pk}"
