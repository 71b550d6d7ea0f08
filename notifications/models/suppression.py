"""A suppression: an address or number that nothing is sent to any more. Nobody can read which; it can be recognised."""

from django.db import connection, models

from notifications.models.outbox import Channel

# In SQL, because each message asks and nearly none is found: Django takes longer to build the question than to ask it.
_ANY = "SELECT 1 FROM notifications_suppression WHERE channel = %s AND fingerprint = %s"


class Reason(models.TextChoices):
    STOPPED = "stopped"  # the recipient asked for it
    REFUSED = "refused"  # the server or provider would not take it, when we sent
    BOUNCED = "bounced"  # it came back later
    COMPLAINED = "complained"  # the recipient called it spam


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def has(self, channel: Channel, fingerprint: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_ANY, [channel, fingerprint])
            return cursor.fetchone() is not None


class Suppression(models.Model):
    channel = models.CharField(max_length=8, choices=Channel.choices)
    fingerprint = models.CharField(max_length=64)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    at = models.DateTimeField()

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "fingerprint"], name="suppression_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.reason}"
