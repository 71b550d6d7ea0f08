"""The whole as one aiohttp application: API, pages, control, and what runs beside them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from dev.stripe_simulator import due, state
from dev.stripe_simulator.api.table import ENDPOINTS
from dev.stripe_simulator.control import Control
from dev.stripe_simulator.errors import StripeError
from dev.stripe_simulator.pages.views import Pages
from dev.stripe_simulator.wire import Api
from dev.stripe_simulator.world import World

TICK = 1.0  # seconds


class Simulator:
    def __init__(self, world: World, file: Path | None = None) -> None:
        """`file` keeps the state; without one it is in memory alone."""
        self._world = world
        self._file = file
        if file:
            state.load(world, file)

    def application(self) -> web.Application:
        api = Api(self._world)
        application = web.Application()
        application.cleanup_ctx.append(self._beside)
        application.add_routes(api.route(endpoint) for endpoint in ENDPOINTS)
        application.add_routes(Control(self._world).routes())
        application.add_routes(Pages(self._world).routes())
        application.router.add_route("*", "/v1/{rest:.*}", api.unrecognized)
        return application

    async def _beside(self, application: web.Application) -> AsyncIterator[None]:
        jobs = [self._world.webhooks.send_forever(), self._tick()]
        if self._file:
            jobs.append(state.keep(self._world, self._file))
        tasks = [asyncio.create_task(job) for job in jobs]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self._file:
            state.save(self._world, self._file)

    async def _tick(self) -> None:
        while True:
            with suppress(StripeError):  # what cannot be done now is due again at the next tick
                due.catch_up(self._world)
            await asyncio.sleep(TICK)
