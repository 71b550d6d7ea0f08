"""The price book: versions follow each other, none reaches back, and each moment has one price."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Model, Price, TokenClass
from catalog.price_list import State, history, price_list
from catalog.prices import PriceBook, PriceRefused, set_price
from catalog.sync import sync_models
from catalog.upstream import ListedModel
from ledger.models import AuditEvent
from tests.catalog.conftest import BATCH, OPERATOR, RATES, price, served

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SCOUT = "Llama-4-Scout-17B-16E-Instruct-FP8"


def refusal(model: Model, **changes: Any) -> str:
    """Return the code with which a price is refused; nothing is written."""
    before = Price.objects.count(), AuditEvent.objects.count()
    with pytest.raises(PriceRefused) as refused:
        price(model, **changes)
    assert (Price.objects.count(), AuditEvent.objects.count()) == before
    return refused.value.code


def test_a_price_counts_from_now_until_the_next_begins(llama: Model) -> None:
    start, now = price(llama), timezone.now()
    coming = price(llama, output_rate=1, effective_from=now + HOUR)
    book = PriceBook([llama.name])
    assert abs(start.effective_from - now) < timedelta(minutes=1)
    assert book.price(llama.name, start.effective_from - timedelta(microseconds=1)) is None
    assert book.price(llama.name, coming.effective_from - timedelta(microseconds=1)) == start
    assert book.price(llama.name, coming.effective_from) == coming
    assert (start.version, coming.version) == (1, 2)


def test_what_was_set_is_recorded_with_its_rates(llama: Model) -> None:
    made = price(llama, **BATCH)
    event = AuditEvent.objects.get(action="price:set")
    assert (event.actor, event.target) == (str(OPERATOR), "llama")
    assert event.payload == RATES | BATCH | {"version": 1, "effective_from": made.effective_from.isoformat()}


@pytest.mark.parametrize("is_first", [True, False])
def test_no_price_of_a_model_that_was_called_begins_in_the_past(llama: Model, is_first: bool) -> None:
    if not is_first:
        Price.objects.create(model=llama, version=1, effective_from=timezone.now() - 9 * HOUR, **RATES)
    assert refusal(llama, effective_from=timezone.now() - HOUR) == "past"


def test_what_was_chosen_a_moment_ago_begins_now(llama: Model) -> None:
    before = timezone.now()
    assert before <= price(llama, effective_from=before - timedelta(minutes=2)).effective_from <= timezone.now()


def test_a_model_that_is_new_may_have_had_its_first_price_before(db: None) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    (scout,) = sync_models(OPERATOR, [ListedModel(SCOUT, "Meta")], priced_from=long_ago)
    assert scout.prices.get().effective_from == long_ago
    assert refusal(scout, effective_from=long_ago + HOUR) == "past"


def test_a_version_begins_after_the_former_one(llama: Model) -> None:
    coming = price(llama, effective_from=timezone.now() + 2 * HOUR)
    for wanted in (None, coming.effective_from - HOUR, coming.effective_from):
        assert refusal(llama, effective_from=wanted) == "order"
    assert price(llama, effective_from=coming.effective_from + HOUR).version == 2


def test_a_price_set_in_advance_is_followed_and_stays(llama: Model) -> None:
    price(llama)
    coming = price(llama, output_rate=7, effective_from=timezone.now() + HOUR)
    later = price(llama, output_rate=8, effective_from=timezone.now() + 2 * HOUR)
    book = PriceBook([llama.name])
    assert book.price(llama.name, later.effective_from - timedelta(seconds=1)) == coming
    assert book.price(llama.name, later.effective_from) == later


def test_only_the_version_that_was_looked_at_is_followed(llama: Model) -> None:
    assert refusal(llama, after=1) == "changed"
    assert price(llama, after=0).version == 1
    assert refusal(llama, after=0) == "changed"
    assert price(llama, after=1).version == 2


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6), st.integers(0, 6 * 10**9))
def test_each_moment_has_the_version_that_began_last(llama: Model, gaps: list[int], place: int) -> None:
    """The gaps are in microseconds, from an hour from now on."""
    first, starts = timezone.now() + HOUR, list(accumulate(gaps))
    with transaction.atomic():
        made = [price(llama, effective_from=first + timedelta(microseconds=start)) for start in starts]
        moment = first + timedelta(microseconds=place)
        found = PriceBook([llama.name]).price(llama.name, moment)
        begun = [each for each in made if each.effective_from <= moment]
        assert found == (begun[-1] if begun else None)
        in_effect = [each for each in history(llama, moment) if each.state is State.IN_EFFECT]
        assert [each.price for each in in_effect] == begun[-1:]
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("version", "later"),
    [(1, 3 * HOUR), (2, 3 * HOUR), (3, HOUR), (3, 2 * HOUR)],
    ids=["an old number", "the same number", "an earlier moment", "the same moment"],
)
def test_the_database_refuses_what_would_reach_back(llama: Model, version: int, later: timedelta) -> None:
    now = timezone.now()
    for number in (1, 2):
        Price.objects.create(model=llama, version=number, effective_from=now + number * HOUR, **RATES)
    with pytest.raises(DatabaseError, match="catalog_price is in order"), transaction.atomic():
        Price.objects.create(model=llama, version=version, effective_from=now + later, **RATES)
    Price.objects.create(model=llama, version=3, effective_from=now + 3 * HOUR, **RATES)
    Price.objects.create(model=served("other"), version=1, effective_from=now, **RATES)


@pytest.mark.parametrize("wrong", [{"batch_input_rate": 1}, BATCH | {"batch_output_rate": None}, {"input_rate": -1}])
def test_half_a_batch_price_and_negative_rates_are_refused(llama: Model, wrong: dict[str, int | None]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        price(llama, **wrong)
    assert price(llama, **BATCH).has_batch


def test_the_list_shows_what_is_now_and_what_comes_and_asks_once(llama: Model, django_assert_num_queries: Any) -> None:
    price(llama)
    coming = [price(llama, effective_from=timezone.now() + days * 24 * HOUR) for days in (1, 2)]
    unpriced = served("unpriced")
    others = [served(f"m{number}") for number in range(9)]
    for model in others:
        price(model)
    with django_assert_num_queries(1):
        found = price_list([llama, unpriced, *others], timezone.now())
    assert [each.model for each in found] == [llama, unpriced, *others]
    assert found[0].current
    assert (found[0].current.price.version, found[0].current.ends) == (1, coming[0].effective_from)
    assert [each.price for each in found[0].coming] == coming
    assert (found[1].current, found[1].coming) == (None, ())


def test_the_history_has_every_version_with_its_end(llama: Model) -> None:
    now = timezone.now()
    for number, start in enumerate((-2, -1, 1), 1):
        Price.objects.create(model=llama, version=number, effective_from=now + start * HOUR, **RATES)
    states = [(each.price.version, each.state.value, each.ends) for each in history(llama, now)]
    assert states == [(3, "coming", None), (2, "in-effect", now + HOUR), (1, "past", now - HOUR)]


def test_a_rate_is_named_by_its_class(llama: Model) -> None:
    plain, batch = price(llama), price(llama, **BATCH)
    assert [plain.rate(each) for each in TokenClass] == [180_000, 45_000, 590_000, None, None, None]
    assert [batch.rate(each) for each in TokenClass] == [180_000, 45_000, 590_000, 90_000, 22_500, 295_000]
    assert set_price(OPERATOR, llama, **RATES).batch_input_rate is None  # type: ignore[arg-type]
