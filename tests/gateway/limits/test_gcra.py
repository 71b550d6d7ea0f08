"""A limit a minute: never more at once than the limit, and over time never more than comes back."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.limits.gcra import MINUTE, standing, taken

limits = st.integers(1, 1_000_000)
steps = st.lists(st.tuples(st.floats(0, 90), st.integers(1, 50_000)), max_size=60)


@given(limits, steps)
def test_what_passes_is_never_more_than_the_limit_and_what_came_back(
    limit: int, calls: list[tuple[float, int]]
) -> None:
    whole_at, now, passed = 0.0, 1000.0, 0
    began = now
    for pause, cost in calls:
        now += pause
        if (after := taken(whole_at, limit, cost, now)) is not None:
            whole_at = after
            passed += cost
        assert passed <= limit * (1 + (now - began) / MINUTE) * (1 + 1e-9) + 1e-3


@given(limits, st.integers(1, 1_000_000))
def test_a_rested_limit_lets_through_just_what_it_says(limit: int, cost: int) -> None:
    assert (taken(0.0, limit, cost, 5000.0) is not None) == (cost <= limit)


@given(limits, steps)
def test_what_is_told_is_what_is_enforced(limit: int, calls: list[tuple[float, int]]) -> None:
    """The remainder that a header shows passes, and one more does not; who waits as told gets through."""
    whole_at, now = 0.0, 1000.0
    for pause, cost in calls:
        now += pause
        told = standing(whole_at, limit, now)
        assert 0 <= told.remaining <= limit
        assert not told.remaining or taken(whole_at, limit, told.remaining, now) is not None
        assert taken(whole_at, limit, told.remaining + 2, now) is None
        if cost <= limit:
            waited = now + standing(whole_at, limit, now, cost=cost).retry_in
            assert taken(whole_at, limit, cost, waited + 1e-6) is not None
        if (after := taken(whole_at, limit, cost, now)) is not None:
            whole_at = after


def test_a_limit_of_nothing_lets_nothing_through() -> None:
    assert taken(0.0, 0, 1, 5000.0) is None
