"""Setting and finding prices.

No price reaches back: what was rated keeps its price, so a version begins after the former one, and not in the past.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Unpack

from django.db import transaction
from django.utils import timezone

from catalog.models import Model, Price
from catalog.rates import Rates, rates_in
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action

_JUST_NOW = timedelta(minutes=5)  # how long somebody may take from choosing a moment to confirming it


class PriceRefused(Exception):
    """The price book does not take this version; `code` is stable: past, order or changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def set_price(
    actor: Actor,
    model: Model,
    *,
    effective_from: datetime | None = None,
    after: int | None = None,
    **rates: Unpack[Rates],
) -> Price:
    """Add the next price version of a model; rates in pico-dollars a token, valid from now unless told.

    PriceRefused where it would begin in the past, or not after the former version; with `after`, where the newest
    version is another one. A model that was added just now has never been called, so its first price may begin earlier.
    """
    with transaction.atomic():
        model = Model.objects.select_for_update().get(pk=model.pk)
        last = model.prices.order_by("-version").first()
        if after is not None and after != (last.version if last else 0):
            raise PriceRefused("changed", "Somebody else set a price of this model meanwhile.")
        begins = start_of_next(model, last, effective_from)
        price = model.prices.create(version=last.version + 1 if last else 1, effective_from=begins, **rates)
        record_event(
            actor,
            Action.PRICE_SET,
            target=model.name,
            version=price.version,
            effective_from=begins.isoformat(),
            **rates_in(price),
        )
    return price


def start_of_next(model: Model, last: Price | None, wanted: datetime | None) -> datetime:
    """Return when the version after `last` begins: what was wanted a moment ago begins now; else see `set_price`."""
    now = timezone.now()
    begins = wanted or now
    if last or model.created_at < now - _JUST_NOW:
        if begins < now - _JUST_NOW:
            raise PriceRefused("past", "A price can't begin in the past: calls of then were rated.")
        begins = max(begins, now)
    if last and begins <= last.effective_from:
        raise PriceRefused(
            "order",
            f"Version {last.version} begins on {last.effective_from:%Y-%m-%d at %H:%M} UTC. It stays, so the next one "
            "must begin later.",
        )
    return begins


class PriceBook:
    """The prices of some models, read in one query, to rate many calls."""

    def __init__(self, models: Iterable[str]) -> None:
        self._prices: dict[str, list[Price]] = {}
        for price in Price.objects.filter(model_id__in=set(models)).order_by("-version"):
            self._prices.setdefault(price.model_id, []).append(price)

    def price(self, model: str, moment: datetime) -> Price | None:
        """Return the newest version that had begun at that moment; None for a model without a price."""
        for price in self._prices.get(model, ()):
            if price.effective_from <= moment:
                return price
        return None
