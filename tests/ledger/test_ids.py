"""Identifiers follow time."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

from ledger.ids import first_id, new_id


def test_ids_are_of_version_7_and_each_is_higher_than_the_one_before() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert {(each.version, each.variant) for each in ids} == {(7, RFC_4122)}


def test_the_first_id_of_a_moment_is_above_all_that_were_made_before_it_and_below_all_after() -> None:
    millisecond = timedelta(milliseconds=1)
    before, made, after = datetime.now(UTC) - millisecond, new_id(), datetime.now(UTC) + millisecond
    assert first_id(before) < made < first_id(after)
    assert first_id(before) < first_id(before + millisecond)
    assert (first_id(before).version, first_id(before).variant) == (7, RFC_4122)
