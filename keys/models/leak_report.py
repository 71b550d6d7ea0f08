"""A report of a leaked key that waits for the worker: the keyed hash of what was reported, never the secret.

Reports of unknown keys are written alike, so that neither the answer nor its time tells whether there is such a key.
"""

from django.db import models
from django.utils import timezone


class LeakReport(models.Model):
    secret_hash = models.BinaryField(max_length=32)
    host = models.CharField(max_length=120, default="", blank=True)  # where it was found; no more of the address
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.pk)
