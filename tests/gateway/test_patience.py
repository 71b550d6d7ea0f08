"""One timer for many things: none that takes too long goes on, none that is quick is cut off."""

import asyncio

import pytest

from gateway.patience import Patience

pytestmark = pytest.mark.anyio


async def test_what_takes_too_long_is_a_timeout() -> None:
    patience = Patience(0.05)
    for _ in range(2):
        async with patience:
            await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            async with patience:
                await asyncio.sleep(5)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0


async def test_many_quick_things_take_as_long_as_they_like_together() -> None:
    patience = Patience(0.03)
    for _ in range(20):
        async with patience:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.002)


async def test_a_pause_between_two_things_is_nobody_s_delay() -> None:
    patience = Patience(0.03)
    async with patience:
        pass
    await asyncio.sleep(0.1)
    async with patience:
        await asyncio.sleep(0.01)


async def test_somebody_else_s_cancellation_stays_one() -> None:
    async def work() -> None:
        async with Patience(5):
            await asyncio.sleep(5)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
