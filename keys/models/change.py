"""A change of what gateways remember of keys: triggers write it, gateways look for it twice a second."""

from django.db import models


class Change(models.Model):
    """Rows are only inserted, so nobody waits for a lock, and purged once no transaction can be that old."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
