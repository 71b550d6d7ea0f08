"""What the routes answer: completions, models, and whether the gateway lives and is ready."""

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from gateway.accounting import Account
from gateway.addresses import Address, Addresses
from gateway.admission import Admission
from gateway.auth import identify
from gateway.blocked import Blocked
from gateway.callers import Callers, Known
from gateway.completion import Completion
from gateway.counters import Counters
from gateway.errors import GatewayError, unavailable
from gateway.headers import of_limits
from gateway.health import Health
from gateway.http import Reply, Request
from gateway.models import Models, entry, listing
from gateway.moderation import Moderation
from gateway.requests.moderations import has_images
from gateway.requests.question import Question
from gateway.routes import MODERATIONS, Route
from gateway.shapes.shape import Heading, Shape
from gateway.watch import Watch

if TYPE_CHECKING:
    from catalog.served import ServedModel
    from gateway.house import House
    from keys.verification import Caller


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
                await self._complete(request, reply, shape, id, "chat")
            case "moderations":
                await self._complete(request, reply, shape, id, "moderations")
            case "models":
                known = await self._identify(request, id, "models", self._addresses.of(request))
                reply.json(200, msgspec.json.encode(listing(await self._models.reached(known.caller))))
            case "model":
                known = await self._identify(request, id, "models", self._addresses.of(request))
                model = await self._models.find(route.model, known.caller)
                reply.json(200, msgspec.json.encode(entry(model)))
            case "counters":
                reply.json(200, await self._counters.answer(request))
            case "alive":
                reply.json(200, b'{"status":"ok"}')
            case "ready":
                await self._tell_readiness(reply)

    async def _identify(self, request: Request, id: UUID, scope: str, address: Address | None) -> Known:
        known = await identify(self._callers, request)
        self._admission.check(id, known, scope, address)
        return known

    async def _complete(self, request: Request, reply: Reply, shape: Shape, id: UUID, scope: str) -> None:
        moment, address = self._callers.moment(), self._addresses.of(request)
        known = await self._identify(request, id, scope, address)  # before the body: strangers send headers only
        body = await request.body(self._house.max_body)
        if not self._callers.counts(known, moment):  # the body took its time
            moment, known = self._callers.moment(), await self._identify(request, id, scope, address)
        question = shape.parse(body)
        if question.inputs:
            question = await self._with_moderator(question, known.caller)
        model = await self._models.find(
            question.model, known.caller, blocked=partial(self._blocked.policy, id, known.caller)
        )
        if not known.caller.reaches(model.name):
            raise self._blocked.model(id, known.caller, model.name)
        if not self._house.writer.healthy():
            raise unavailable()  # what cannot be accounted for is not served
        admitted = await self._admission.admit(id, known, question, model, address)
        try:
            if not self._callers.counts(known, moment):  # the database took its time to set the money aside
                await self._identify(request, id, scope, address)
            reply.more += of_limits(admitted.standings)
            asked = question.for_upstream(model.upstream_name, most=admitted.most_tokens)
            account = Account(id=id, admitted=admitted, question=question, body=body, writer=self._house.writer)
        except BaseException:
            admitted.cancel()
            raise
        heading = Heading(id, question.model, account.started_at, question.wants_usage)
        parts: dict[str, Any] = {
            "account": account,
            "heading": heading,
            "shape": shape,
            "upstream": self._house.upstream,
            "reply": reply,
            "watch": Watch(request),
        }
        completion = self._moderation(request.path, question, model, parts) if question.inputs else Completion(**parts)
        await completion.answer(asked, stream=question.stream)

    def _moderation(self, path: str, question: Question, model: "ServedModel", parts: dict[str, Any]) -> Moderation:
        way = self._house.upstream.moderates(model.name, model.upstream_name)
        return Moderation(
            question=question,
            verdict_shape=MODERATIONS[path],
            known_as=model.upstream_name,
            at_endpoint=way == "endpoint",
            **parts,
        )

    async def _with_moderator(self, question: Question, caller: "Caller") -> Question:
        """Return the question with a model that moderates: the one it names, or the first that the caller reaches."""
        moderates, seen = self._house.upstream.moderates, {"chat", "endpoint"}
        if has_images(question.inputs):
            seen = {"chat"}  # an endpoint reads texts, and would call any image safe
        if not question.model:
            for model in await self._models.reached(caller):
                if moderates(model.name, model.upstream_name) in seen:
                    return replace(question, model=model.name)
            raise GatewayError(404, "model_not_found", "No model here moderates this.", param="model")
        model = await self._models.find(question.model, caller)
        if moderates(model.name, model.upstream_name) not in seen:
            raise GatewayError(400, "invalid_request", "model: This model does not moderate that.", param="model")
        return question

    async def _tell_readiness(self, reply: Reply) -> None:
        dependencies = await self._health.dependencies()
        ready = all(dependencies.values())
        told = {
            "status": _word(ready),
            "dependencies": {name: _word(answers) for name, answers in dependencies.items()},
            "pools": self._health.pools(),
        }
        reply.json(200 if ready else 503, msgspec.json.encode(told))


def _word(fine: bool) -> str:
    return "ok" if fine else "unavailable"
