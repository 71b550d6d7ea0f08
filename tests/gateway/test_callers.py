"""Who calls is remembered, and no longer than a second after somebody changed it."""

import asyncio
import time
from dataclasses import replace

import pytest
from django.db import OperationalError

from gateway.callers import BELIEVED, Callers, Known
from tests.gateway.fakes import MEMBER, MEMBER_KEY, OUTSIDER_KEY, MemoryRooms

pytestmark = pytest.mark.anyio


class Watch:
    """A clock that moves by hand."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def forgotten() -> list[str]:
    return []


@pytest.fixture
async def callers(rooms: MemoryRooms, watch: Watch, forgotten: list[str]) -> Callers:
    callers = Callers(rooms, on_change=lambda: forgotten.append("all"), clock=watch)
    await callers.look()
    return callers


async def test_a_known_key_asks_the_database_once(callers: Callers, rooms: MemoryRooms) -> None:
    found = [await callers.find(MEMBER_KEY) for _ in range(3)]
    assert [known and known.caller for known in found] == [MEMBER] * 3
    assert rooms.secrets == [MEMBER_KEY]


async def test_an_unknown_key_is_asked_for_each_time_and_may_come_to_exist(
    callers: Callers, rooms: MemoryRooms
) -> None:
    assert await callers.find(OUTSIDER_KEY) is None
    rooms.callers[OUTSIDER_KEY] = MEMBER
    assert await callers.find(OUTSIDER_KEY)


async def test_a_change_forgets_everybody_at_the_next_look(
    callers: Callers, rooms: MemoryRooms, forgotten: list[str]
) -> None:
    await callers.find(MEMBER_KEY)
    forgotten.clear()
    await callers.look()
    assert not forgotten
    del rooms.callers[MEMBER_KEY]
    rooms.changed += 1
    assert await callers.find(MEMBER_KEY)  # within the second that is stated
    await callers.look()
    assert forgotten == ["all"]
    assert await callers.find(MEMBER_KEY) is None


async def test_without_a_look_nothing_is_believed_for_longer_than_a_second(
    callers: Callers, rooms: MemoryRooms, watch: Watch
) -> None:
    await callers.find(MEMBER_KEY)
    rooms.away = True
    with pytest.raises(OperationalError):
        await callers.look()
    assert await callers.find(MEMBER_KEY)
    watch.now += BELIEVED + 0.01
    with pytest.raises(OperationalError):
        await callers.find(MEMBER_KEY)


async def test_an_answer_from_before_a_change_is_not_remembered_after_it(callers: Callers, rooms: MemoryRooms) -> None:
    """The epoch proves it: a slow answer of the database overtakes the look that saw the change."""
    ask = rooms.find_caller

    async def slow(secret: str) -> object:
        answer = await ask(secret)
        rooms.changed += 1
        await callers.look()
        return answer

    rooms.find_caller = slow  # type: ignore[method-assign,assignment]
    await callers.find(MEMBER_KEY)
    rooms.find_caller = ask  # type: ignore[method-assign]
    await callers.find(MEMBER_KEY)
    assert rooms.secrets == [MEMBER_KEY] * 2


async def test_an_answer_that_was_long_on_its_way_is_asked_for_again(
    callers: Callers, rooms: MemoryRooms, watch: Watch
) -> None:
    """A database that fell silent in the middle of an answer, and meanwhile somebody revoked the key."""
    ask, waits = rooms.find_caller, [3.0, 0.5]

    async def slow(secret: str) -> Known | None:
        answer = await ask(secret)
        began, watch.now = watch.now, watch.now + waits.pop(0)
        return replace(answer, asked_at=began) if answer else None

    rooms.find_caller = slow  # type: ignore[method-assign]
    assert await callers.find(MEMBER_KEY)
    assert rooms.secrets == [MEMBER_KEY] * 2
    watch.now += 10
    waits += [3.0] * 3
    with pytest.raises(OperationalError):
        await callers.find(MEMBER_KEY)
    waits.append(3.0)
    del rooms.callers[MEMBER_KEY]
    assert await callers.find(MEMBER_KEY) is None


async def test_a_call_that_waited_is_believed_while_nothing_changes_or_for_a_second(
    callers: Callers, rooms: MemoryRooms, watch: Watch
) -> None:
    moment, known = callers.moment(), await callers.find(MEMBER_KEY)
    assert known
    for _ in range(5):
        watch.now += 0.9
        await callers.look()
    assert callers.counts(known, moment)
    watch.now += BELIEVED + 0.01  # no look
    assert not callers.counts(known, moment)
    rooms.changed += 1
    await callers.look()
    assert not callers.counts(known, moment)
    assert callers.counts(replace(known, asked_at=watch.now - 0.9), moment)


async def test_calls_at_once_ask_once_and_after_a_change_again(callers: Callers, rooms: MemoryRooms) -> None:
    ask, answers = rooms.find_caller, asyncio.Event()

    async def slow(secret: str) -> Known | None:
        answer = await ask(secret)
        await answers.wait()
        return answer

    rooms.find_caller = slow  # type: ignore[method-assign]
    many = [asyncio.create_task(callers.find(MEMBER_KEY)) for _ in range(100)]
    await asyncio.sleep(0)
    many.pop(0).cancel()  # the one that asked leaves
    rooms.changed += 1
    await callers.look()
    later = asyncio.create_task(callers.find(MEMBER_KEY))
    await asyncio.sleep(0)
    answers.set()
    found = await asyncio.gather(*many, later)
    assert [known and known.caller for known in found] == [MEMBER] * 100
    assert rooms.secrets == [MEMBER_KEY] * 2


async def test_what_is_remembered_is_bounded_and_holds_no_secret(
    callers: Callers, rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.callers._MOST", 5)
    rooms.callers |= {f"key{number}": MEMBER for number in range(20)}
    for number in range(20):
        await callers.find(f"key{number}")
    assert len(callers._known) == 5
    assert all(isinstance(place, bytes) and b"key" not in place for place in callers._known)
