"""Setting and finding prices."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from catalog.models import Model, Price
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


def set_price(
    actor: Actor,
    model: Model,
    *,
    input_rate: int,
    cached_input_rate: int,
    output_rate: int,
    effective_from: datetime | None = None,
) -> Price:
    """Add the next price version of a model; rates in pico-dollars a token, valid from now unless told."""
    with transaction.atomic():
        Model.objects.select_for_update().get(pk=model.pk)
        last = model.prices.order_by("-version").first()
        price = model.prices.create(
            version=last.version + 1 if last else 1,
            effective_from=effective_from or timezone.now(),
            input_rate=input_rate,
            cached_input_rate=cached_input_rate,
            output_rate=output_rate,
        )
        record_event(actor, Action.PRICE_SET, target=model.name, version=price.version)
    return price


class PriceBook:
    """The prices of some models, read in one query, to rate many calls."""

    def __init__(self, models: Iterable[str]) -> None:
        self._prices: dict[str, list[Price]] = {}
        for price in Price.objects.filter(model_id__in=set(models)).order_by("version"):
            self._prices.setdefault(price.model_id, []).append(price)

    def price(self, model: str, moment: datetime) -> Price | None:
        """Return the newest version that had begun at that moment; None for a model without a price."""
        begun = (price for price in reversed(self._prices.get(model, [])) if price.effective_from <= moment)
        return next(begun, None)
