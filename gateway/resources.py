"""What the routes answer: completions, models, and whether the gateway lives and is ready."""

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from gateway.accounting import Account
from gateway.addresses import Addresses
from gateway.admission import Admission
from gateway.auth import identify
from gateway.blocked import Blocked
from gateway.callers import Callers, Known
from gateway.completion import Completion
from gateway.counters import Counters
from gateway.errors import unavailable
from gateway.headers import of_limits
from gateway.health import Health
from gateway.http import Reply, Request
from gateway.models import Models, entry, listing
from gateway.routes import Route
from gateway.shapes.shape import Heading, Shape
from gateway.watch import Watch

if TYPE_CHECKING:
    from gateway.house import House


class Resources:
    """Answers one request each; every refusal is a GatewayError or a database's error."""

    def __init__(
        self, *, house: "House", callers: Callers, admission: Admission, blocked: Blocked, counters: Counters
    ) -> None:
        self._house = house
        self._callers = callers
        self._admission = admission
        self._blocked = blocked
        self._counters = counters
        self._addresses = Addresses(house.proxies, house.address_header)
        self._models = Models(house.rooms)
        self._health = Health(house.rooms, house.upstream, house.writer)

    async def answer(self, route: Route, request: Request, reply: Reply, shape: Shape, id: UUID) -> None:
        """Answer a request for an existing resource."""
        match route.resource:
            case "completions":
                await self._complete(request, reply, shape, id)
            case "models":
                known = await self._identify(request, id, "models")
                await reply.json(200, msgspec.json.encode(listing(await self._models.reached(known.caller))))
            case "model":
                known = await self._identify(request, id, "models")
                model = await self._models.find(route.model, known.caller)
                await reply.json(200, msgspec.json.encode(entry(model)))
            case "counters":
                await reply.json(200, await self._counters.answer(request))
            case "alive":
                await reply.json(200, b'{"status":"ok"}')
            case "ready":
                await self._tell_readiness(reply)

    async def _identify(self, request: Request, id: UUID, scope: str) -> Known:
        known = await identify(self._callers, request)
        self._admission.check(id, known, scope, self._addresses.of(request))
        return known

    async def _complete(self, request: Request, reply: Reply, shape: Shape, id: UUID) -> None:
        known = await self._identify(request, id, "chat")  # before the body: strangers send headers only
        body = await request.body(self._house.max_body)
        question = shape.parse(body)
        model = await self._models.find(question.model, known.caller)
        if not known.caller.reaches(model.name):
            raise self._blocked.model(id, known.caller, model.name)
        if not self._house.writer.healthy():
            raise unavailable()  # what cannot be accounted for is not served
        admitted = await self._admission.admit(id, known, question, model, self._addresses.of(request))
        try:
            reply.more += of_limits(admitted.standings)
            asked = question.for_upstream(model.upstream_name, most=admitted.most_tokens)
            account = Account(id=id, admitted=admitted, question=question, body=body, writer=self._house.writer)
        except BaseException:
            admitted.cancel()
            raise
        heading = Heading(id, question.model, account.started_at, question.wants_usage)
        completion = Completion(
            account=account,
            heading=heading,
            shape=shape,
            upstream=self._house.upstream,
            reply=reply,
            watch=Watch(request.receive),
        )
        await completion.answer(asked, stream=question.stream)

    async def _tell_readiness(self, reply: Reply) -> None:
        dependencies = await self._health.dependencies()
        ready = all(dependencies.values())
        told = {
            "status": _word(ready),
            "dependencies": {name: _word(answers) for name, answers in dependencies.items()},
        }
        await reply.json(200 if ready else 503, msgspec.json.encode(told))


def _word(fine: bool) -> str:
    return "ok" if fine else "unavailable"
