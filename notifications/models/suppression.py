"""A suppression: an address or number that nothing is sent to any more. Nobody can read which; it can be recognised."""

from django.db import models

from notifications.models.outbox import Channel


class Reason(models.TextChoices):
    STOPPED = "stopped"  # the recipient asked for it
    REFUSED = "refused"  # the server or provider would not take it, when we sent
    BOUNCED = "bounced"  # it came back later
    COMPLAINED = "complained"  # the recipient called it spam


class Suppression(models.Model):
    channel = models.CharField(max_length=8, choices=Channel.choices)
    fingerprint = models.CharField(max_length=64)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "fingerprint"], name="suppression_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.reason}"
