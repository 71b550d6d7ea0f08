"""What of usage is no longer kept."""

from django.db import models


class Forgotten(models.Model):
    """One row: single calls that began before this moment were deleted. Their rollups stay."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    before = models.DateTimeField()

    def __str__(self) -> str:
        return f"before {self.before:%Y-%m}"
