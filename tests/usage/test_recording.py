"""Recording: each call becomes one event, one price and one place in the rollup, however often it is reported."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, transaction
from django.utils import timezone
from msgspec.structs import replace

from catalog.models import Model
from catalog.prices import set_price
from ledger.actor import Actor
from ledger.ids import new_id
from usage.actions import record_calls
from usage.calls import Call, Outcome
from usage.models import HourlyUsage, UsageEvent
from usage.queries import rollup, sum_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
ORGANIZATION, PROJECT, KEY = new_id(), new_id(), new_id()


def call(**changes: object) -> Call:
    usual = Call(
        id=new_id(), organization_id=ORGANIZATION, project_id=PROJECT, key_id=KEY, model="llama", started_at=NOON,
        status=200, outcome=Outcome.COMPLETED, prompt_tokens=100, cached_tokens=40, completion_tokens=10,
        latency_ms=250, first_token_ms=90, estimated=False,
    )  # fmt: skip
    return replace(usual, **changes)  # type: ignore[arg-type]


@pytest.fixture
def llama(db: None) -> Model:
    model = Model.objects.create(name="llama", title="Llama", upstream_name="llama")
    set_price(
        Actor.operator(), model, input_rate=180_000, cached_input_rate=45_000, output_rate=590_000,
        effective_from=NOON - timedelta(days=1),
    )  # fmt: skip
    return model


def test_a_call_is_rated_to_the_pico_dollar(llama: Model) -> None:
    record_calls([call()])
    event = UsageEvent.objects.get()
    assert event.amount == 60 * 180_000 + 40 * 45_000 + 10 * 590_000
    assert event.price_version == 1


def test_a_new_price_counts_from_its_moment_and_not_before(llama: Model) -> None:
    coming = timezone.now() + timedelta(hours=1)
    set_price(Actor.operator(), llama, input_rate=1, cached_input_rate=1, output_rate=1, effective_from=coming)
    before, after = call(started_at=coming - timedelta(seconds=1)), call(started_at=coming)
    record_calls([before, after])
    assert UsageEvent.objects.get(pk=before.id).price_version == 1
    assert UsageEvent.objects.get(pk=after.id).amount == 110


def test_a_value_that_is_too_long_for_its_column_is_refused_or_kept_whole_but_never_cut() -> None:
    with contextlib.suppress(DataError), transaction.atomic():
        record_calls([call(model="m" * 121)])
    assert not UsageEvent.objects.filter(model="m" * 120).exists()


def test_a_model_without_a_price_costs_nothing_and_says_so() -> None:
    record_calls([call(model="unpriced")])
    assert (UsageEvent.objects.get().amount, UsageEvent.objects.get().price_version) == (0, 0)


def test_reporting_a_call_again_changes_nothing(llama: Model) -> None:
    calls = [call(), call()]
    assert record_calls(calls) == 2
    assert record_calls([*calls, call()]) == 1
    assert HourlyUsage.objects.get().requests == 3


@pytest.mark.parametrize("days", [-7, 7], ids=["earlier", "later"])
def test_one_id_is_one_call_also_if_it_comes_again_with_another_moment(llama: Model, days: int) -> None:
    first = call()
    again = replace(first, started_at=first.started_at + timedelta(days=days, minutes=1))
    assert [record_calls([first]), record_calls([again, call()])] == [1, 1]
    assert UsageEvent.objects.filter(pk=first.id).count() == 1


def test_a_call_twice_in_one_batch_counts_once(llama: Model) -> None:
    same = call()
    assert record_calls([same, same]) == 1
    assert HourlyUsage.objects.get().requests == 1


def test_late_calls_land_in_their_own_hour(llama: Model) -> None:
    record_calls([call(), call(started_at=NOON - timedelta(hours=3))])
    assert [row.start.hour for row in HourlyUsage.objects.order_by("start")] == [9, 12]


def test_failures_count_as_errors_and_disconnects_are_counted(llama: Model) -> None:
    record_calls([call(status=502, outcome=Outcome.FAILED), call(status=499, outcome=Outcome.DISCONNECTED)])
    sums = sum_of(rollup(ORGANIZATION))
    assert (sums.requests, sums.errors, sums.completion_tokens) == (2, 2, 20)


def test_a_batch_larger_than_a_statement_is_recorded_whole() -> None:
    assert record_calls([call() for _ in range(1203)]) == 1203
    assert HourlyUsage.objects.get().requests == 1203


@pytest.mark.parametrize(
    "name", ['a "b"', "back\\slash", "{a,NULL}", "NULL", "None", "%s ? ''", "Ünïcode 🦙", " blank "]
)
def test_whatever_a_model_is_called_its_calls_are_recorded_under_its_name(name: str) -> None:
    assert record_calls([call(model=name, first_token_ms=None), call(model="llama", first_token_ms=5)]) == 2
    assert set(UsageEvent.objects.values_list("model", "first_token_ms")) == {(name, None), ("llama", 5)}


def test_amounts_beyond_64_bits_of_nanos_do_not_lose_a_pico(llama: Model) -> None:
    record_calls([call(prompt_tokens=10_000_000, cached_tokens=0, completion_tokens=0) for _ in range(3)])
    assert HourlyUsage.objects.get().amount == 3 * 10_000_000 * 180_000
