"""A price: what one token of each class costs from a moment on. Never edited; a change is a new version.

A version is in effect until the next one begins. The database refuses to change or delete any (`catalog/guards.py`).
"""

from datetime import datetime
from enum import StrEnum

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from catalog.models.model import Model
from catalog.money import PicoField


class TokenClass(StrEnum):
    """What tokens are priced by. Cached tokens are part of the input; what a batch holds has rates of its own."""

    INPUT = "input"
    CACHED_INPUT = "cached_input"
    OUTPUT = "output"
    BATCH_INPUT = "batch_input"
    BATCH_CACHED_INPUT = "batch_cached_input"
    BATCH_OUTPUT = "batch_output"


_BATCH = ("batch_input_rate", "batch_cached_input_rate", "batch_output_rate")
_NO_BATCH = Q(**dict.fromkeys((f"{name}__isnull" for name in _BATCH), True))
# Said, for what compares with NULL is not false, and so no reason for the database to refuse.
_WHOLE_BATCH = Q(**dict.fromkeys((f"{name}__isnull" for name in _BATCH), False))


class PriceQuerySet(models.QuerySet["Price"]):
    def with_end(self) -> "PriceQuerySet":
        """Note on each version, as `effective_until`, when the next one begins; None on the last."""
        following = Price.objects.filter(model=OuterRef("model"), version__gt=OuterRef("version")).order_by("version")
        return self.annotate(effective_until=Subquery(following.values("effective_from")[:1]))

    def from_moment(self, moment: datetime) -> "PriceQuerySet":
        """Return what is in effect at a moment and what comes after it, with its end."""
        return self.with_end().filter(Q(effective_until=None) | Q(effective_until__gt=moment))


class Price(models.Model):
    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="prices")
    version = models.PositiveIntegerField()
    effective_from = models.DateTimeField()
    input_rate = PicoField()  # pico-dollars a token
    cached_input_rate = PicoField()
    output_rate = PicoField()
    batch_input_rate = PicoField(null=True)  # all three None: the model has no batch price
    batch_cached_input_rate = PicoField(null=True)
    batch_output_rate = PicoField(null=True)
    objects = PriceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "version"], name="one_price_a_version"),
            models.UniqueConstraint(fields=["model", "effective_from"], name="one_price_a_moment"),
            models.CheckConstraint(
                condition=Q(input_rate__gte=0, cached_input_rate__gte=0, output_rate__gte=0),
                name="rates_are_not_negative",
            ),
            models.CheckConstraint(
                condition=_NO_BATCH | (_WHOLE_BATCH & Q(**dict.fromkeys((f"{name}__gte" for name in _BATCH), 0))),
                name="batch_rates_are_all_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_id} v{self.version}"

    @property
    def has_batch(self) -> bool:
        return self.batch_input_rate is not None

    def rate(self, token_class: TokenClass) -> int | None:
        """Return pico-dollars a token; None of a batch's tokens where the model has no batch price."""
        rate: int | None = getattr(self, f"{token_class}_rate")
        return rate

    def amount(self, prompt: int, cached: int, completion: int, *, batch: bool = False) -> int:
        """Return the cost in pico-dollars; cached tokens are part of the prompt and have a rate of their own.

        ValueError for a batch where the model has no batch price.
        """
        rates = (self.input_rate, self.cached_input_rate, self.output_rate)
        if batch:
            if not self.has_batch:
                raise ValueError(f"{self} has no batch price.")
            rates = (self.batch_input_rate, self.batch_cached_input_rate, self.batch_output_rate)
        fresh_rate, cached_rate, output_rate = rates
        return int((prompt - cached) * fresh_rate + cached * cached_rate + completion * output_rate)
