"""A heartbeat: when a background part was last seen at work. /readyz reads it."""

from django.db import models


class Heartbeat(models.Model):
    part = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part
