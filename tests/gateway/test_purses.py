"""Money set aside ahead: nobody spends it twice, nobody keeps what they do not use, and none is forgotten."""

import asyncio
import time
from uuid import UUID

import pytest
from django.db import OperationalError

from billing.holds import Held
from billing.permits import Permit, Refused
from billing.purses import Purse
from gateway.purses import NotCovered, Purses
from tests.gateway.fakes import MemoryRooms
from tests.gateway.test_callers import Watch

pytestmark = pytest.mark.anyio
ACCOUNT = Purse(UUID(int=1))
BUDGET = Purse(UUID(int=1), UUID(int=2), "project")


@pytest.fixture
def rooms() -> MemoryRooms:
    rooms = MemoryRooms()
    rooms.refusal = Refused(Permit.NO_CREDIT)
    rooms.money = {ACCOUNT: 1000}
    return rooms


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def purses(rooms: MemoryRooms, watch: Watch) -> Purses:
    return Purses(rooms, watch)


async def test_what_nothing_pays_for_or_what_costs_nothing_asks_nobody(purses: Purses, rooms: MemoryRooms) -> None:
    assert (await purses.take((), 5)).holds == ()
    assert (await purses.take((ACCOUNT,), 0)).holds == ()
    assert rooms.held == {}


async def test_calls_at_once_share_a_lease_and_never_more_than_there_is(purses: Purses, rooms: MemoryRooms) -> None:
    taken = await asyncio.gather(*(purses.take((ACCOUNT,), 30) for _ in range(50)), return_exceptions=True)
    given = [each for each in taken if not isinstance(each, BaseException)]
    assert len(given) == 1000 // 30
    assert all(isinstance(each, NotCovered) for each in taken if isinstance(each, BaseException))
    assert sum(rooms.held.values()) <= 1000


async def test_a_busy_lease_is_filled_ahead_and_a_scarce_purse_is_not(
    purses: Purses, rooms: MemoryRooms, watch: Watch
) -> None:
    rooms.money[ACCOUNT] = 1_000_000
    asked: list[tuple[int, int]] = []
    hold = rooms.hold

    async def counted(hold_id: UUID, purse: Purse, need: int, wish: int) -> Held | Refused:
        asked.append((need, wish))
        return await hold(hold_id, purse, need, wish)

    rooms.hold = counted  # type: ignore[method-assign]
    for _ in range(500):
        await purses.take((ACCOUNT,), 10)
    assert len(asked) < 6
    assert max(wish for _, wish in asked) == 5120
    watch.now += 60
    await purses.give_back()
    await purses.take((ACCOUNT,), 10)
    assert asked[-1] == (10, 10)  # after a rest it begins with what is needed


async def test_purses_are_taken_together_and_what_one_refuses_stays_with_the_other(
    purses: Purses, rooms: MemoryRooms
) -> None:
    with pytest.raises(NotCovered) as refused:
        await purses.take((ACCOUNT, BUDGET), 5)
    assert refused.value.purse == BUDGET
    await purses.give_back()
    assert rooms.money[ACCOUNT] == 1000
    rooms.money[BUDGET] = 5
    share = await purses.take((ACCOUNT, BUDGET), 5)
    assert len(share.holds) == 2


async def test_a_call_that_did_not_run_leaves_its_share_to_others(purses: Purses, rooms: MemoryRooms) -> None:
    rooms.money[ACCOUNT] = 10
    share = await purses.take((ACCOUNT,), 10)
    share.cancel()
    assert (await purses.take((ACCOUNT,), 10)).amount == 10


async def test_what_is_idle_goes_back_and_what_calls_have_does_not(
    purses: Purses, rooms: MemoryRooms, watch: Watch
) -> None:
    rooms.money[ACCOUNT] = 100_000
    for _ in range(4):
        share = await purses.take((ACCOUNT,), 10)
    await purses.give_back(idle_for=1)
    assert sum(rooms.held.values()) > 40
    watch.now += 1
    await purses.give_back(idle_for=1)
    assert rooms.held == {share.holds[0]: 40}


async def test_a_client_that_leaves_while_money_is_held_loses_none_of_it(purses: Purses, rooms: MemoryRooms) -> None:
    """The shield proves it: without it the hold is made and nobody here knows of it."""
    hold = rooms.hold
    begun = asyncio.Event()

    async def slow(hold_id: UUID, purse: Purse, need: int, wish: int) -> Held | Refused:
        begun.set()
        await asyncio.sleep(0.01)
        return await hold(hold_id, purse, need, wish)

    rooms.hold = slow  # type: ignore[method-assign]
    call = asyncio.create_task(purses.take((ACCOUNT,), 10))
    await begun.wait()
    call.cancel()
    await asyncio.sleep(0.02)
    await purses.give_back()
    assert rooms.money[ACCOUNT] == 1000


async def test_a_refusal_counts_for_who_came_before_it_was_asked_and_for_nobody_later(
    purses: Purses, rooms: MemoryRooms
) -> None:
    rooms.money[ACCOUNT] = 0
    taken = await asyncio.gather(*(purses.take((ACCOUNT,), 5) for _ in range(9)), return_exceptions=True)
    assert all(isinstance(each, NotCovered) for each in taken)
    rooms.money[ACCOUNT] = 5
    assert (await purses.take((ACCOUNT,), 5)).amount == 5


async def test_leases_are_prolonged_while_they_hold_something(purses: Purses, rooms: MemoryRooms, watch: Watch) -> None:
    share = await purses.take((ACCOUNT,), 10)
    await purses.prolong()
    assert rooms.prolonged == list(share.holds)
    share.end()
    rooms.prolonged.clear()
    await purses.prolong()
    assert rooms.prolonged == []


async def test_a_lease_whose_hold_is_over_gives_nothing_out(purses: Purses, rooms: MemoryRooms, watch: Watch) -> None:
    rooms.money[ACCOUNT] = 100_000
    for _ in range(3):
        share = await purses.take((ACCOUNT,), 10)
    old = share.holds
    watch.now += rooms.hold_lifetime  # nobody prolonged it; the sweeper may have given it back
    share = await purses.take((ACCOUNT,), 10)
    assert share.holds != old
    rooms.held.clear()  # swept
    share.leases[0].free = 500
    await purses.prolong()
    assert (await purses.take((ACCOUNT,), 10)).holds != share.holds


async def test_what_may_have_been_held_when_the_database_failed_is_not_given_out(
    purses: Purses, rooms: MemoryRooms
) -> None:
    rooms.away = True
    with pytest.raises(OperationalError):
        await purses.take((ACCOUNT,), 10)
    rooms.away = False
    share = await purses.take((ACCOUNT,), 10)
    rooms.away = True
    share.leases[0].free = 7
    await purses.give_back()
    rooms.away = False
    assert (await purses.take((ACCOUNT,), 5)).holds != share.holds


async def test_after_a_change_every_lease_is_filled_anew(purses: Purses, rooms: MemoryRooms) -> None:
    rooms.money[ACCOUNT] = 100_000
    for _ in range(3):
        share = await purses.take((ACCOUNT,), 10)
    purses.retire_all()
    rooms.money[ACCOUNT] = 0
    with pytest.raises(NotCovered):
        await purses.take((ACCOUNT,), 10)
    await purses.give_back(idle_for=60)
    assert rooms.held == {share.holds[0]: 30}


async def test_the_keeper_gives_back_by_itself_and_at_the_end(
    rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.purses.EVERY", 0.01)
    monkeypatch.setattr("gateway.purses._IDLE", 0.02)
    purses = Purses(rooms, time.monotonic)
    purses.start()
    share = await purses.take((ACCOUNT,), 10)
    share.cancel()
    await asyncio.sleep(0.1)
    assert rooms.money[ACCOUNT] == 1000
    (await purses.take((ACCOUNT,), 10)).cancel()
    await purses.stop()
    assert rooms.money[ACCOUNT] == 1000
