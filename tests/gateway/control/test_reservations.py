"""What calls of other gateways have set aside: nobody takes it from another, and no failure keeps it."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from billing.funds import Funds
from billing.purses import Funding, Purse
from gateway.blocked import Blocked
from gateway.control import reservations
from gateway.control.reservations import Demand, Reservations, Reserved
from gateway.limits.local import LocalLimiter
from gateway.purses import Purses
from ledger.ids import new_id
from tests.gateway.control.conftest import House
from tests.gateway.control.fakes import OTTOS, OTTOS_KEY
from tests.gateway.control.test_verify import VERIFY, limited
from tests.gateway.fakes import MEMBER, MEMBER_KEY, MODEL, OUTPUT_RATE, OWNER, SERVED, MemoryRooms

NOTHING = Funding()


@pytest.fixture
def given() -> Reservations:
    rooms = MemoryRooms()
    return Reservations(LocalLimiter(), Purses(rooms), Blocked("", lambda refusal: None), most=10)


async def _give(given: Reservations, caller: Any) -> UUID:
    hold = new_id()
    await given.give(hold, caller, NOTHING, SERVED[0], Demand())
    return hold


@pytest.mark.anyio
async def test_whoever_takes_very_many_ends_their_own_alone(given: Reservations) -> None:
    mine = [await _give(given, MEMBER) for _ in range(3)]
    theirs = [await _give(given, OTTOS) for _ in range(50)]
    assert set(mine) < set(given._given)
    assert len(given._given) == 10
    assert theirs[-1] in given._given


@pytest.mark.anyio
async def test_a_report_at_the_same_moment_stops_no_expiry(given: Reservations) -> None:
    first, second = await _give(given, MEMBER), await _give(given, OWNER)

    class Meanwhile(float):
        def __le__(self, now: float) -> bool:
            given.take_back(second, OWNER.key_id)
            return True

    given._given[first].ends_at = Meanwhile()
    given.expire()
    assert not given._given


@pytest.mark.anyio
async def test_what_fails_to_end_stops_nothing_else(given: Reservations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reservations, "_EVERY", 0.01)
    for caller in (MEMBER, OWNER):
        given._given[await _give(given, caller)].ends_at = 0.0
    expire = Reserved.expire

    def fail_for_the_first(self: Reserved) -> None:
        if self.key_id == MEMBER.key_id:
            raise ValueError
        expire(self)

    monkeypatch.setattr(Reserved, "expire", fail_for_the_first)
    given.start()
    for _ in range(100):
        await asyncio.sleep(0.01)
        if not given._given:
            break
    assert not given._given
    await given.stop()


def test_a_batch_that_fails_keeps_nothing_back(
    operator: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    purse = Purse(MEMBER.organization_id)
    house.rooms.money[purse] = 200 * OUTPUT_RATE
    house.control.funds[MEMBER.key_id] = Funds(Funding((purse,)))
    limited(house, concurrent=1)
    asked = [{"key": key, "model": MODEL, "consume": True, "max_tokens": 200} for key in (MEMBER_KEY, OTTOS_KEY)]
    give = Reservations.give

    async def fail_for_otto(self: Reservations, id: UUID, caller: Any, *more: Any) -> Reserved:
        if caller == OTTOS:
            raise OSError
        return await give(self, id, caller, *more)

    with monkeypatch.context() as patch:
        patch.setattr(Reservations, "give", fail_for_otto)
        assert operator.post(VERIFY, json={"keys": asked}).status_code == 500
    assert operator.post(VERIFY, json=asked[0]).json()["valid"] is True
