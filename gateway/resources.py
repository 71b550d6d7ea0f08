"""What the routes answer: completions, models, and whether the gateway lives and is ready."""

from contextlib import nullcontext
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from billing.permits import Permit
from gateway import worst_case
from gateway.accounting import Account
from gateway.auth import identify
from gateway.completion import Completion
from gateway.errors import refused, unavailable
from gateway.health import Health
from gateway.holding import prolonged
from gateway.http import Reply, Request
from gateway.models import Models, entry, listing
from gateway.requests.question import Question
from gateway.rooms import Rooms
from gateway.routes import Route
from gateway.shapes.shape import Heading, Shape
from gateway.upstream import Upstream
from gateway.watch import Watch
from gateway.writer import Writer

if TYPE_CHECKING:
    from keys.verification import Caller


class Resources:
    """Answers one request each; every refusal is a GatewayError or a database's error."""

    def __init__(self, *, rooms: Rooms, upstream: Upstream, writer: Writer, max_body: int, max_completion: int) -> None:
        self._rooms = rooms
        self._upstream = upstream
        self._writer = writer
        self._max_body = max_body
        self._max_completion = max_completion
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
        if not self._writer.healthy():
            raise unavailable()  # what cannot be accounted for is not served
        held = await self._hold(id, caller, question)
        asked = question.for_upstream(model.upstream_name, most=self._max_completion if held else None)
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
        async with prolonged(self._rooms, id) if held else nullcontext():
            await completion.answer(asked, stream=question.stream)

    async def _hold(self, id: UUID, caller: "Caller", question: Question) -> bool:
        """Hold what the call costs at most and tell whether anything is held, or raise a 402."""
        prompt = worst_case.prompt_tokens(question.body)
        completion = worst_case.completion_tokens(question.body, self._max_completion)
        permit = await self._rooms.permit(id, caller, question.model, prompt, completion)
        if not permit.is_given:
            raise refused(permit)
        return permit is Permit.HELD

    async def _tell_readiness(self, reply: Reply) -> None:
        dependencies = await self._health.dependencies()
        ready = all(dependencies.values())
        told = {
            "status": _word(ready),
            "dependencies": {name: _word(answers) for name, answers in dependencies.items()},
            "pools": self._health.pools(),
        }
        await reply.json(200 if ready else 503, msgspec.json.encode(told))


def _word(fine: bool) -> str:
    return "ok" if fine else "unavailable"
