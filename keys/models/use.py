"""What a key did, by hour, network and model: when it was last used, and how far a leak reached.

Written when calls settle, in their transaction, so each call counts once. A network is the caller's address cut to
/24, or /48 of IPv6: enough to tell a stranger from the customer's own servers.
"""

from django.db import models

from catalog.money import PicoField


class KeyUse(models.Model):
    # Opaque ids: uses outlive keys and are written in one statement.
    key_id = models.UUIDField()
    hour = models.DateTimeField(db_index=True)  # retention goes by it
    network = models.CharField(max_length=43)  # "" if the address was unknown
    model = models.CharField(max_length=120)
    requests = models.BigIntegerField()
    errors = models.BigIntegerField()
    tokens = models.BigIntegerField()
    amount = PicoField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_id", "hour", "network", "model"], name="one_use_of_a_key_a_bucket")
        ]

    def __str__(self) -> str:
        return f"{self.key_id} {self.hour:%Y-%m-%dT%H}"
