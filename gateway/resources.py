"""What the routes answer: completions, models, and whether the gateway lives and is ready."""

from uuid import UUID

import msgspec

from gateway.accounting import Account
from gateway.auth import identify
from gateway.completion import Completion
from gateway.errors import unavailable
from gateway.health import Health
from gateway.http import Reply, Request
from gateway.models import Models, entry, listing
from gateway.rooms import Rooms
from gateway.routes import Route
from gateway.shapes.shape import Heading, Shape
from gateway.upstream import Upstream
from gateway.watch import Watch
from gateway.writer import Writer


class Resources:
    """Answers one request each; every refusal is a GatewayError or a database's error."""

    def __init__(self, *, rooms: Rooms, upstream: Upstream, writer: Writer, max_body: int) -> None:
        self._rooms = rooms
        self._upstream = upstream
        self._writer = writer
        self._max_body = max_body
        self._models = Models(rooms)
        self._health = Health(rooms, upstream, writer)

    async def answer(self, route: Route, request: Request, reply: Reply, shape: Shape, id: UUID) -> None:
        """Answer a request for an existing resource."""
        match route.resource:
            case "completions":
                await self._complete(request, reply, shape, id)
            case "models":
                await identify(self._rooms, request)
                served = await self._models.served()
                await reply.json(200, msgspec.json.encode(listing(list(served.values()))))
            case "model":
                await identify(self._rooms, request)
                await reply.json(200, msgspec.json.encode(entry(await self._models.find(route.model))))
            case "alive":
                await reply.json(200, b'{"status":"ok"}')
            case "ready":
                await self._tell_readiness(reply)

    async def _complete(self, request: Request, reply: Reply, shape: Shape, id: UUID) -> None:
        caller = await identify(self._rooms, request)  # before the body: strangers send headers only
        body = await request.body(self._max_body)
        question = shape.parse(body)
        model = await self._models.find(question.model)
        asked = question.for_upstream(model.upstream_name)
        if not self._writer.healthy():
            raise unavailable()  # what cannot be accounted for is not served
        account = Account(id=id, caller=caller, question=question, body=body, writer=self._writer)
        heading = Heading(id, question.model, account.started_at, question.wants_usage)
        completion = Completion(
            account=account,
            heading=heading,
            shape=shape,
            upstream=self._upstream,
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
