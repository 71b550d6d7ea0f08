"""The spool: what was appended comes out again, in order, until it was taken."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from gateway import records
from gateway.spool import Spool
from tests.gateway.calls import call
from usage.calls import Call


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return opened(tmp_path)


def opened(directory: Path, **more: int) -> Spool:
    spool = Spool(directory, **more)
    spool.open()
    return spool


def abandon(spool: Spool) -> None:
    """Do what the kernel does when a process dies: close its files."""
    for segment in (spool._current, spool._left):
        if segment is not None:
            os.close(segment._descriptor)


def take_all(spool: Spool, most: int = 500) -> list[Call]:
    taken: list[Call] = []
    while batch := spool.batch(most):
        taken += [call for _, call in batch.records]
        spool.take(batch)
    return taken


def files(directory: Path, kind: str) -> list[Path]:
    return sorted(directory.glob(f"*.{kind}"))


def test_a_record_survives_the_trip(spool: Spool) -> None:
    calls = [call() for _ in range(5)]
    for one in calls:
        spool.append(one)
    assert take_all(spool, most=2) == calls
    assert spool.batch(500) is None


def test_what_is_not_taken_is_given_again(spool: Spool) -> None:
    one = call()
    spool.append(one)
    assert spool.batch(500) == spool.batch(500)
    assert take_all(spool) == [one]


def test_an_emptied_segment_takes_no_space(spool: Spool, tmp_path: Path) -> None:
    spool.append(call())
    take_all(spool)
    (segment,) = files(tmp_path, "log")
    assert segment.stat().st_size == 0
    spool.append(later := call())
    assert take_all(spool) == [later]


def test_a_record_that_comes_between_reading_and_taking_is_kept(spool: Spool) -> None:
    spool.append(first := call())
    batch = spool.batch(500)
    assert batch is not None
    spool.append(second := call())
    spool.take(batch)
    assert [one for _, one in batch.records] == [first]
    assert take_all(spool) == [second]


def test_the_next_process_takes_what_a_dead_one_left(spool: Spool, tmp_path: Path) -> None:
    calls = [call() for _ in range(3)]
    for one in calls:
        spool.append(one)
    abandon(spool)
    successor = opened(tmp_path)
    successor.append(own := call())
    assert take_all(successor) == [*calls, own]
    assert len(files(tmp_path, "log")) == 1


def test_a_living_process_keeps_its_segment(spool: Spool, tmp_path: Path) -> None:
    spool.append(one := call())
    other = opened(tmp_path)
    assert take_all(other) == []
    assert take_all(spool) == [one]
    spool.append(late := call())
    abandon(spool)
    assert take_all(other) == []
    other.look_around()
    assert take_all(other) == [late]


def test_the_torn_end_of_a_dead_process_is_ignored(spool: Spool, tmp_path: Path) -> None:
    spool.append(one := call())
    abandon(spool)
    (segment,) = files(tmp_path, "log")
    with segment.open("ab") as file:
        file.write(records.encode(call())[:-9])
    assert take_all(opened(tmp_path)) == [one]
    assert not segment.exists()
    assert not files(tmp_path, "bad")


@pytest.mark.parametrize("place", [0, 3, 8, 9, 40, -2])
def test_a_damaged_record_is_set_aside_and_its_neighbours_are_read(spool: Spool, tmp_path: Path, place: int) -> None:
    calls = [call() for _ in range(3)]
    for one in calls:
        spool.append(one)
    abandon(spool)
    (segment,) = files(tmp_path, "log")
    lines = segment.read_bytes().splitlines(keepends=True)
    damaged = bytearray(lines[1])
    damaged[place] ^= 1
    segment.write_bytes(lines[0] + damaged + lines[2])
    assert take_all(opened(tmp_path)) == [calls[0], calls[2]]
    (bad,) = files(tmp_path, "bad")
    assert bad.read_bytes() == bytes(damaged)
    assert bad.stat().st_mode & 0o777 == 0o600


def test_a_file_of_nonsense_is_set_aside(tmp_path: Path) -> None:
    nonsense = os.urandom(700_000).replace(b"\n", b"x") + b"\n"
    (tmp_path / "0.log").write_bytes(nonsense)
    assert take_all(opened(tmp_path)) == []
    assert (tmp_path / "0.bad").read_bytes() == nonsense
    assert not (tmp_path / "0.log").exists()


def test_a_good_record_with_impossible_members_is_set_aside(tmp_path: Path) -> None:
    text = b'{"id":"nonsense"}'
    (tmp_path / "0.log").write_bytes(b"%08x %s\n" % (records.crc32(text), text))
    assert take_all(opened(tmp_path)) == []
    assert (tmp_path / "0.bad").exists()


@pytest.mark.parametrize("taken_first", [0, 1, 25])
def test_segments_rotate_and_lose_nothing(tmp_path: Path, taken_first: int) -> None:
    spool = opened(tmp_path, segment_size=2000)
    calls = [call() for _ in range(60)]
    taken: list[Call] = []
    for number, one in enumerate(calls):
        spool.append(one)
        if number == taken_first:
            batch = spool.batch(500)
            assert batch is not None
            taken += [call for _, call in batch.records]
            spool.take(batch)
    # What was read of a segment before it was let go is read again: its reader is idempotent.
    taken += take_all(spool)
    assert {one.id for one in taken} == {one.id for one in calls}
    assert len(files(tmp_path, "log")) == 1


def test_reading_between_rotations_loses_nothing(tmp_path: Path) -> None:
    spool = opened(tmp_path, segment_size=1000)
    calls, taken = [call() for _ in range(100)], []
    for number, one in enumerate(calls):
        spool.append(one)
        if number % 3 == 0 and (batch := spool.batch(2)):
            spool.append(extra := call())
            calls.append(extra)
            taken += [call for _, call in batch.records]
            spool.take(batch)
    taken += take_all(spool)
    assert {one.id for one in taken} == {one.id for one in calls}


def test_a_full_disk_holds_records_in_memory_until_it_takes_them(spool: Spool) -> None:
    with patch("gateway.segment.os.write", side_effect=OSError(28, "No space left on device")):
        spool.append(first := call())
        assert not spool.healthy()
    assert spool.healthy()
    spool.append(second := call())
    assert take_all(spool) == [first, second]


def test_a_half_written_record_is_undone(spool: Spool) -> None:
    write = os.write
    with patch("gateway.segment.os.write", side_effect=lambda descriptor, line: write(descriptor, line[:20])):
        spool.append(first := call())
    spool.append(second := call())
    assert take_all(spool) == [first, second]


def test_a_closed_spool_leaves_nothing_if_everything_was_taken(spool: Spool, tmp_path: Path) -> None:
    spool.append(call())
    take_all(spool)
    spool.close()
    assert not list(tmp_path.iterdir())


def test_a_record_after_the_end_waits_for_the_next_process(spool: Spool, tmp_path: Path) -> None:
    spool.close()
    spool.append(late := call())
    abandon(spool)
    assert take_all(opened(tmp_path)) == [late]


def test_segments_are_for_their_owner_only(spool: Spool, tmp_path: Path) -> None:
    (segment,) = files(tmp_path, "log")
    assert segment.stat().st_mode & 0o777 == 0o600


def test_what_a_process_left_before_it_had_its_name_is_removed_and_what_is_being_made_is_not(tmp_path: Path) -> None:
    left, young = tmp_path / "left.new", tmp_path / "young.new"
    for path in (left, young):
        path.touch()
    os.utime(left, (0, 0))
    opened(tmp_path)
    assert files(tmp_path, "new") == [young]
