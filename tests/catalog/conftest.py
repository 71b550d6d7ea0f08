"""A model that has been served for a while, as those are whose price changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Model, Price
from catalog.prices import set_price
from ledger.actor import Actor

OPERATOR = Actor.operator()
RATES = {"input_rate": 180_000, "cached_input_rate": 45_000, "output_rate": 590_000}
BATCH = {"batch_input_rate": 90_000, "batch_cached_input_rate": 22_500, "batch_output_rate": 295_000}


def served(name: str = "llama", **fields: Any) -> Model:
    since = timezone.now() - timedelta(days=90)
    return Model.objects.create(name=name, **({"title": "Llama", "upstream_name": name, "created_at": since} | fields))


def price(model: Model, **changes: Any) -> Price:
    return set_price(OPERATOR, model, **(RATES | changes))


@pytest.fixture
def llama(db: None) -> Model:
    return served()
