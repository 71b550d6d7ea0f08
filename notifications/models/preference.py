"""Preferences: what people chose where it differs from how a kind comes, and when their phone shall be quiet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.outbox import Channel


class Choice(models.TextChoices):
    NOW = "now", _("At once")
    DAILY = "daily", _("Daily summary")
    OFF = "off", _("Off")


class Preference(models.Model):
    recipient_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    choice = models.CharField(max_length=8, choices=Choice.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient_id", "kind", "channel"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {self.choice}"


class QuietHours(models.Model):
    """Between these times of day, in their own time zone, no text goes to a person unless security asks for it."""

    recipient_id = models.UUIDField(primary_key=True)
    begins = models.TimeField()
    ends = models.TimeField()  # before `begins`: on the next morning

    class Meta:
        verbose_name_plural = "quiet hours"

    def __str__(self) -> str:
        return f"{self.begins:%H:%M} to {self.ends:%H:%M}"
