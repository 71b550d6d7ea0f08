"""Sketches: percentiles within two percent of the true ones, from counts that only add."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.sketch import ACCURACY, Sketch, bin_of, merge, merged, pack, percentile, unpack

DURATIONS = st.lists(st.integers(0, 24 * 60 * 60 * 1000), min_size=1, max_size=60)


def sketch_of(durations: list[int]) -> Sketch:
    found: Sketch = {}
    for each in durations:
        merge(found, {bin_of(each): 1})
    return found


@given(DURATIONS, st.sampled_from([1, 50, 90, 95, 99, 100]))
def test_a_percentile_is_within_two_percent_of_the_true_one(durations: list[int], percent: int) -> None:
    true = sorted(max(1, each) for each in durations)[-(-len(durations) * percent // 100) - 1]
    found = percentile(sketch_of(durations), percent)
    assert found is not None
    assert abs(found - true) <= true * ACCURACY + 0.5  # it is told in whole milliseconds


@given(st.lists(DURATIONS, max_size=5), st.randoms(use_true_random=False))
def test_sketches_merge_in_any_order_to_the_sketch_of_all(parts: list[list[int]], chance: random.Random) -> None:
    packed = [pack(sketch_of(part)) for part in parts]
    chance.shuffle(packed)
    assert merged(packed) == sketch_of([each for part in parts for each in part])


@given(DURATIONS)
def test_packing_loses_nothing(durations: list[int]) -> None:
    assert unpack(memoryview(pack(sketch_of(durations)))) == sketch_of(durations)


def test_a_duration_of_no_time_is_told_as_a_millisecond() -> None:
    assert percentile(sketch_of([0, 0, 0]), 50) == 1


@pytest.mark.parametrize("nothing", [b"", None])
def test_of_no_calls_there_is_no_percentile(nothing: bytes | None) -> None:
    assert pack({}) == b""
    assert percentile(unpack(nothing), 95) is None
