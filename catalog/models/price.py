"""A price: what one token of each class costs from a moment on. Never edited; a change is a new version."""

from django.db import models

from catalog.models.model import Model
from catalog.money import PicoField


class Price(models.Model):
    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="prices")
    version = models.PositiveIntegerField()
    effective_from = models.DateTimeField()
    input_rate = PicoField()  # pico-dollars a token
    cached_input_rate = PicoField()
    output_rate = PicoField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "version"], name="one_price_a_version"),
            models.CheckConstraint(
                condition=models.Q(input_rate__gte=0, cached_input_rate__gte=0, output_rate__gte=0),
                name="rates_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_id} v{self.version}"

    def amount(self, prompt: int, cached: int, completion: int) -> int:
        """Return the cost in pico-dollars; cached tokens are part of the prompt and have a rate of their own."""
        fresh = prompt - cached
        return int(fresh * self.input_rate + cached * self.cached_input_rate + completion * self.output_rate)
