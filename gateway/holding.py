"""Keeping what is held for a call as long as it runs: a hold that nobody prolongs is over, and others spend it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import django.db

from gateway.rooms import Rooms

log = logging.getLogger(__name__)

EVERY = 240.0  # seconds; so that two that fail in a row cost no hold


@asynccontextmanager
async def prolonged(rooms: Rooms, call_id: UUID) -> AsyncIterator[None]:
    """Prolong a call's hold now and then until the call ends."""
    keeper = asyncio.create_task(_prolong(rooms, call_id))
    try:
        yield
    finally:
        keeper.cancel()


async def _prolong(rooms: Rooms, call_id: UUID) -> None:
    while True:
        await asyncio.sleep(EVERY)
        try:
            await rooms.prolong_hold(call_id)
        except django.db.Error as error:
            log.warning("call %s: its hold was not prolonged: %s", call_id, type(error).__name__)
