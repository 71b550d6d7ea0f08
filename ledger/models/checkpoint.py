"""Checkpoints: signed statements of how long the log is and what stands in it; tree hashes that speed them up."""

from django.db import models


class Subtree(models.Model):
    """The hash of 256 ** level consecutive leaves, once all of them are there."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_hash_a_subtree")]

    def __str__(self) -> str:
        return f"subtree {self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed note (C2SP tlog-checkpoint); `text` is the note, the columns repeat it."""

    size = models.PositiveBigIntegerField()
    time = models.PositiveBigIntegerField()  # seconds since 1970
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["size"], name="checkpoint_by_size")]

    def __str__(self) -> str:
        return f"checkpoint at {self.size}"


class Export(models.Model):
    """A checkpoint that a tenant was given: later exports prove that they continue it."""

    tenant = models.UUIDField()
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "checkpoint"], name="one_export_a_checkpoint")]

    def __str__(self) -> str:
        return f"{self.tenant} {self.checkpoint_id}"
