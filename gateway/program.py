"""The ASGI program: its life from start to stop, and the last resort for whatever a request runs into."""

import asyncio
import logging
from uuid import UUID

import django.db

from gateway import headers
from gateway.addresses import Addresses
from gateway.admission import Admission
from gateway.blocked import Blocked
from gateway.callers import Callers
from gateway.control.program import PREFIX, Control
from gateway.counters import Counters
from gateway.draining import drain_on_sigterm
from gateway.errors import GatewayError, MethodNotAllowed, place_of, unavailable
from gateway.house import House
from gateway.http import ClientGone, Message, Receive, Reply, Request, Send
from gateway.models import Models
from gateway.purses import Purses
from gateway.resources import Resources
from gateway.routes import find_route, shape_of
from gateway.shapes.shape import Shape
from ledger.ids import new_id
from vault.errors import VaultError

log = logging.getLogger(__name__)

_STOP_PATIENCE = 5.0  # seconds for the writer to finish


class Gateway:
    """The data plane. Everything outside comes in with the house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._limiter = house.limiter()
        self._purses = Purses(house.rooms)
        self._callers = Callers(house.rooms, on_change=self._purses.retire_all)
        blocked = Blocked(house.console, house.writer.note)
        self._resources = Resources(
            house=house,
            callers=self._callers,
            admission=Admission(
                limiter=self._limiter, purses=self._purses, blocked=blocked, max_completion=house.max_completion
            ),
            blocked=blocked,
            counters=Counters(self._limiter, house.token),
        )
        self._control = self._made_control(blocked)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http" if self._control and scope["path"].startswith(PREFIX):
                await self._control(scope, receive, send)
            case "http":
                await self._serve(scope, receive, send)
            case "lifespan":
                await self._live(receive, send)
            case _:
                await send({"type": "websocket.close"})

    def _made_control(self, blocked: Blocked) -> Control | None:
        house = self._house
        if house.control is None:
            return None
        return Control(
            rooms=house.control,
            models=Models(house.rooms),
            writer=house.writer,
            addresses=Addresses(house.proxies, house.address_header),
            limiter=self._limiter,
            purses=self._purses,
            blocked=blocked,
            max_completion=house.max_completion,
            changes=self._callers.moment,
        )

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._house.upstream.open()
            self._house.writer.start()
            self._callers.start()
            self._purses.start()
            await self._limiter.start()
            if self._control:
                self._control.start()
            if self._house.drain:
                drain_on_sigterm(self._house.upstream, self._house.drain)
        except Exception as error:  # an exception would only tell granian to do without a lifespan
            await send({"type": "lifespan.startup.failed", "message": f"The gateway cannot start: {error}"})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _stop(self) -> None:
        if self._control:
            await self._control.stop()
        await self._callers.stop()
        await self._limiter.stop()
        try:
            await self._purses.stop()
        except django.db.Error as error:
            log.warning("gateway: holds stay until their expiry: %s", type(error).__name__)
        await asyncio.to_thread(self._house.writer.stop, _STOP_PATIENCE)
        await self._house.upstream.close()
        self._house.rooms.close()

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        request_id = new_id()
        request = Request(scope, receive)
        reply = Reply(send, request_id, bodiless=request.method == "HEAD")
        shape = shape_of(request.path)
        try:
            await self._dispatch(request, reply, shape, request_id)
        except ClientGone:
            return
        except GatewayError as error:
            await _refuse(reply, shape, error)
        except django.db.Error as error:
            log.error("request %s: the database failed: %s", request_id, type(error).__name__)
            await _refuse(reply, shape, unavailable())
        except VaultError as error:
            log.error("request %s: the vault failed: %s", request_id, error.code)
            await _refuse(reply, shape, unavailable())
        except Exception as error:
            # The class and the place only: a message or a local variable may hold content or a key.
            log.error("request %s: unexpected %s at %s", request_id, type(error).__name__, place_of(error))
            await _refuse(reply, shape, GatewayError(500, "internal_error", "Something went wrong."))

    async def _dispatch(self, request: Request, reply: Reply, shape: Shape, request_id: UUID) -> None:
        route = find_route(request.path)
        if route is None:
            raise GatewayError(404, "not_found", "There is nothing at this address.")
        if request.method not in route.methods:
            raise MethodNotAllowed(route.methods)
        await self._resources.answer(route, request, reply, shape, request_id)


async def _refuse(reply: Reply, shape: Shape, error: GatewayError) -> None:
    if reply.started:
        return  # the stream ends without its last event, which its reader takes as broken off
    await reply.json(error.status, shape.error(error), *headers.of_error(error))
