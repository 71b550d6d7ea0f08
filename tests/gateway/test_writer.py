"""The writer: everything that was spooled reaches the rooms, once, whatever the rooms do meanwhile."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError

from content.exchanges import Exchange
from gateway.spool import Spool
from gateway.writer import Writer
from ledger.ids import new_id
from tests.gateway.calls import call
from tests.gateway.fakes import OWNER, MemoryRooms, eventually


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms()


@pytest.fixture
def writer(rooms: MemoryRooms, tmp_path: Path) -> Iterator[Writer]:
    writer = Writer(Spool(tmp_path), rooms, pause=0.002)
    writer.start()
    yield writer
    writer.stop(5)


def exchange(text: str = "{}") -> Exchange:
    now = datetime.now(UTC)
    return Exchange(
        id=new_id(), organization_id=OWNER.organization_id, project_id=OWNER.project_id, started_at=now,
        expires_at=now + timedelta(days=1), request=text, response="{}",
    )  # fmt: skip


def test_calls_reach_the_rooms(writer: Writer, rooms: MemoryRooms) -> None:
    calls = [call() for _ in range(1200)]
    for one in calls:
        writer.record(one)
    eventually(lambda: len(rooms.calls) == 1200)
    assert list(rooms.calls.values()) == calls


@pytest.mark.parametrize("error", [OperationalError, ProgrammingError, ConnectionError])
def test_while_the_database_is_away_calls_wait_on_disk(
    writer: Writer, rooms: MemoryRooms, tmp_path: Path, error: type[Exception]
) -> None:
    def away() -> None:
        raise error

    rooms.before_recording = away
    calls = [call() for _ in range(20)]
    for one in calls:
        writer.record(one)
    threading.Event().wait(0.05)
    assert not rooms.calls
    assert writer.healthy()
    rooms.before_recording = lambda: None
    eventually(lambda: list(rooms.calls.values()) == calls)
    assert not list(tmp_path.glob("*.bad"))


def test_a_poisonous_record_is_set_aside_and_the_others_go_on(
    writer: Writer, rooms: MemoryRooms, tmp_path: Path
) -> None:
    calls = [call(completion_tokens=666 if number in {7, 30} else 5) for number in range(50)]
    rooms.refuses = lambda call: call.completion_tokens == 666
    for one in calls:
        writer.record(one)
    eventually(lambda: len(rooms.calls) == 48)
    eventually(lambda: sum(path.read_bytes().count(b"\n") for path in tmp_path.glob("*.bad")) == 2)
    set_aside = b"".join(path.read_bytes() for path in tmp_path.glob("*.bad"))
    assert str(calls[7].id).encode() in set_aside
    assert str(calls[30].id).encode() in set_aside


def test_a_bad_file_can_be_renamed_to_be_read_again(rooms: MemoryRooms, tmp_path: Path) -> None:
    poison = call()
    rooms.refuses = lambda call: True
    with_poison = Writer(Spool(tmp_path), rooms, pause=0.002)
    with_poison.start()
    with_poison.record(poison)
    with_poison.stop(5)
    (bad,) = tmp_path.iterdir()
    bad.rename(bad.with_suffix(".log"))
    rooms.refuses = lambda call: False
    cured = Writer(Spool(tmp_path), rooms, pause=0.002)
    cured.start()
    cured.stop(5)
    assert list(rooms.calls) == [poison.id]


def test_an_unexpected_refusal_of_everything_is_not_fatal(writer: Writer, rooms: MemoryRooms) -> None:
    rooms.refuses = lambda call: True
    writer.record(call())
    threading.Event().wait(0.02)
    rooms.refuses = lambda call: False
    writer.record(good := call())
    eventually(lambda: good.id in rooms.calls)
    assert writer.healthy()


def test_a_fault_of_our_own_does_not_end_the_thread(writer: Writer, rooms: MemoryRooms) -> None:
    with patch.object(Spool, "batch", side_effect=RuntimeError):
        writer.record(one := call())
        threading.Event().wait(0.03)
    eventually(lambda: one.id in rooms.calls)


def test_stopping_writes_what_is_left(rooms: MemoryRooms, tmp_path: Path) -> None:
    writer = Writer(Spool(tmp_path), rooms, pause=60)
    writer.start()
    writer.record(call())
    writer.keep(exchange())
    writer.stop(5)
    assert len(rooms.calls) == len(rooms.exchanges) == 1
    assert not list(tmp_path.iterdir())


def test_stopping_without_a_database_is_bounded_and_keeps_usage(rooms: MemoryRooms, tmp_path: Path) -> None:
    rooms.away = True
    writer = Writer(Spool(tmp_path), rooms, pause=0.002)
    writer.start()
    writer.record(one := call())
    writer.stop(5)
    rooms.away = False
    successor = Writer(Spool(tmp_path), rooms, pause=0.002)
    successor.start()
    eventually(lambda: one.id in rooms.calls)
    successor.stop(5)


def test_stopping_does_not_wait_for_a_database_that_hangs(rooms: MemoryRooms, tmp_path: Path) -> None:
    hanging = threading.Event()
    rooms.before_recording = lambda: hanging.wait(10) and None
    writer = Writer(Spool(tmp_path), rooms, pause=0.002)
    writer.start()
    writer.record(call())
    writer.stop(0.1)
    assert len(list(tmp_path.glob("*.log"))) == 1
    hanging.set()


def test_exchanges_that_cannot_be_kept_are_lost_and_counted_and_usage_goes_on(
    writer: Writer, rooms: MemoryRooms, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(rooms, "keep_exchanges", side_effect=IntegrityError("Louvre")):
        writer.keep(exchange("Louvre"))
        writer.record(one := call())
        eventually(lambda: one.id in rooms.calls)
        eventually(lambda: writer.lost_exchanges == 1)
    assert "1 exchanges were not kept: IntegrityError" in caplog.text
    assert "Louvre" not in caplog.text
    writer.keep(exchange())
    eventually(lambda: len(rooms.exchanges) == 1)


def test_the_queue_of_exchanges_is_bounded(rooms: MemoryRooms, tmp_path: Path) -> None:
    writer = Writer(Spool(tmp_path), rooms)  # not started: nothing leaves the queue
    for _ in range(1010):
        writer.keep(exchange())
    assert writer.lost_exchanges == 10
    large = Writer(Spool(tmp_path), rooms)
    for _ in range(7):
        large.keep(exchange("x" * 10_000_000))
    assert large.lost_exchanges == 1


def test_while_the_unsealer_is_away_exchanges_wait_in_memory_and_are_kept_in_order_when_it_is_back(
    writer: Writer, rooms: MemoryRooms, tmp_path: Path
) -> None:
    rooms.locked = True
    for number in range(120):
        writer.keep(exchange(f"Louvre {number}"))
    threading.Event().wait(0.05)
    assert not rooms.exchanges
    assert b"Louvre" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    rooms.locked = False
    eventually(lambda: len(rooms.exchanges) == 120)
    assert [each.request for each in rooms.exchanges] == [f"Louvre {number}" for number in range(120)]
    assert writer.lost_exchanges == 0
