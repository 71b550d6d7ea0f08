"""The log: leaves of openings, refusals and changes, in one order for the installation and one chain for each tenant.

They live in the vault database and are written there in transactions of their own, so that no rollback of a request
can take a leaf back after somebody saw the plaintext. Leaves, bodies, subtrees and checkpoints are append-only:
the database itself refuses to change them (`ledger/guards.py`). docs/ledger.md is the format.
"""

from django.db import models


class LeafType(models.TextChoices):
    OPENING = "opening"
    REFUSAL = "refusal"
    EVENT = "event"
    GRANT_STARTED = "grant-started"
    GRANT_CLOSED = "grant-closed"
    DESTRUCTION = "destruction"
    ROTATION = "rotation"


class Log(models.Model):
    """One row; who appends holds its lock, so positions have no gaps and times never go back."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
    at = models.PositiveBigIntegerField(default=0)  # microseconds since 1970 of the newest leaf

    def __str__(self) -> str:
        return f"{self.size} leaves"


class Leaf(models.Model):
    """A leaf's header and hash. They stay for ever."""

    position = models.PositiveBigIntegerField(primary_key=True)
    tenant = models.UUIDField()
    sequence = models.PositiveBigIntegerField()
    at = models.PositiveBigIntegerField()  # microseconds since 1970
    previous = models.BinaryField(max_length=32)
    commitment = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    mark = models.BinaryField(max_length=32, null=True)  # the pen's; of leaves older than marks there is none

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "sequence"], name="leaf_sequence_is_gapless")]
        indexes = [models.Index(fields=["tenant", "at"], name="leaf_by_time")]

    def __str__(self) -> str:
        return f"{self.tenant} #{self.sequence}"


class LeafBody(models.Model):
    """What a leaf says, and the salt of its commitment. Dropped when the tenant is erased; then the leaf stays valid.

    The columns beside `text` repeat it for filters; the text is what counts.
    """

    position = models.PositiveBigIntegerField(primary_key=True)
    tenant = models.UUIDField()
    type = models.CharField(max_length=16, choices=LeafType.choices)
    purpose = models.CharField(max_length=24, default="")
    actor = models.CharField(max_length=80)
    grant = models.UUIDField(null=True)
    event = models.UUIDField(null=True)
    salt = models.BinaryField(max_length=32)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event"], condition=models.Q(event__isnull=False), name="an_event_has_one_leaf"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "type", "purpose", "-position"], name="leaf_body_by_purpose"),
            models.Index(fields=["grant"], condition=models.Q(grant__isnull=False), name="leaf_body_by_grant"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.purpose}"


class Head(models.Model):
    """The end of a tenant's chain: how many leaves it has and the hash of the last."""

    tenant = models.UUIDField(primary_key=True)
    sequence = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.tenant} at {self.sequence}"


class Erasure(models.Model):
    """A tenant whose leaf bodies may be dropped; without this row the database keeps them."""

    tenant = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.tenant)
