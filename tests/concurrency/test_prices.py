"""Prices that are set at the same moment follow each other; of those that follow one version, one is set.

What proves it is the lock on the model's row. On SQLite the one write lock serves as it.
"""

from functools import partial
from itertools import pairwise

import pytest

from catalog.models import Model
from catalog.prices import PriceRefused
from tests.catalog.conftest import price, served
from tests.support.at_once import ROUNDS, THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def models() -> list[Model]:
    return [served(f"llama-{number}") for number in range(ROUNDS)]


def test_prices_set_at_once_are_versions_in_order(models: list[Model]) -> None:
    for model in models:
        made = at_once(*[partial(price, model, input_rate=number) for number in range(THREADS)])
        versions = list(model.prices.order_by("version"))
        assert sorted(each.version for each in made) == [each.version for each in versions] == [*range(1, THREADS + 1)]
        assert all(former.effective_from < later.effective_from for former, later in pairwise(versions))


def test_of_operators_who_looked_at_the_same_version_one_sets_the_next(models: list[Model]) -> None:
    for model in models:
        made = at_once(*[partial(price, model, after=0) for _ in range(THREADS)])
        assert [each.code for each in made if isinstance(each, PriceRefused)] == ["changed"] * (THREADS - 1)
        assert model.prices.count() == 1
