"""A leaf: one opening of sealed data, committed before the first plaintext is released.

Leaves of a tenant form a gapless chain: each holds its sequence number and the hash of the one before.
They live in the vault database, in a connection of their own, so that no rollback of a request
can take a leaf back after somebody saw the plaintext.
"""

from django.db import models


class Leaf(models.Model):
    tenant = models.UUIDField()
    sequence = models.PositiveBigIntegerField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    body = models.TextField()  # canonical JSON: purpose, actor, fields, subjects, time; ids only

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "sequence"], name="leaf_sequence_is_gapless")]

    def __str__(self) -> str:
        return f"{self.tenant} #{self.sequence}"


class Head(models.Model):
    """The newest leaf of a tenant; its row is the lock that serialises appends."""

    tenant = models.UUIDField(primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.BinaryField(max_length=32, default=bytes(32))

    def __str__(self) -> str:
        return f"{self.tenant} at {self.sequence}"
