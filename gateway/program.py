"""The program: its life from start to stop, and the last resort for whatever a request runs into."""

import asyncio
import logging
from typing import Any
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
from gateway.errors import GatewayError, MethodNotAllowed, place_of, unavailable, unexpected
from gateway.house import House
from gateway.http import BODY_PATIENCE, ClientGone, Reply, Request
from gateway.models import Models
from gateway.patience import Patience
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
        self._patience = Patience(BODY_PATIENCE)
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

    async def __call__(self, scope: Any, protocol: Any) -> None:
        if scope.proto != "http":
            protocol.close(None)
        elif self._control and scope.path.startswith(PREFIX):
            await self._control(scope, protocol)
        else:
            await self._serve(scope, protocol)

    async def start(self) -> None:
        """Begin, in the loop that serves and before anything is asked."""
        await self._house.upstream.open()
        self._house.writer.start()
        self._callers.start()
        self._purses.start()
        await self._limiter.start()
        if self._control:
            self._control.start()
        if self._house.drain:
            drain_on_sigterm(self._house.upstream, self._house.drain)

    async def stop(self) -> None:
        """Write down and give back what is left, when nothing is asked any more."""
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

    async def _serve(self, scope: Any, protocol: Any) -> None:
        request = Request(scope, protocol, self._patience)
        reply = Reply(protocol, request_id := new_id(), bodiless=request.method == "HEAD")
        shape = shape_of(request.path)
        try:
            await self._dispatch(request, reply, shape, request_id)
        except ClientGone:
            return
        except GatewayError as error:
            _refuse(reply, shape, error)
        except django.db.Error as error:
            log.error("request %s: the database failed: %s", request_id, type(error).__name__)
            _refuse(reply, shape, unavailable())
        except VaultError as error:
            log.error("request %s: the vault failed: %s", request_id, error.code)
            _refuse(reply, shape, unavailable())
        except Exception as error:
            # The class and the place only: a message or a local variable may hold content or a key.
            log.error("request %s: unexpected %s at %s", request_id, type(error).__name__, place_of(error))
            _refuse(reply, shape, unexpected())

    async def _dispatch(self, request: Request, reply: Reply, shape: Shape, request_id: UUID) -> None:
        route = find_route(request.path)
        if route is None:
            raise GatewayError(404, "not_found", "There is nothing at this address.")
        if request.method not in route.methods:
            raise MethodNotAllowed(route.methods)
        await self._resources.answer(route, request, reply, shape, request_id)


def _refuse(reply: Reply, shape: Shape, error: GatewayError) -> None:
    if reply.started:
        return  # the stream has said itself that it broke off
    reply.json(error.status, shape.error(error), *headers.of_error(error))
