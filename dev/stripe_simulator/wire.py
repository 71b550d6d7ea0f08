"""The API over HTTP: who asks, in which version, with which key; what goes wrong on the way; the answer's shape."""

import asyncio
import base64
import binascii
import json
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import parse_qsl

from aiohttp import web

from dev.stripe_simulator import form, parameters
from dev.stripe_simulator.api.call import Call, Endpoint
from dev.stripe_simulator.api.listing import expanded
from dev.stripe_simulator.api.table import parts
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.faults import Fault, refusal
from dev.stripe_simulator.idempotency import fingerprint
from dev.stripe_simulator.store import Store, new_id
from dev.stripe_simulator.world import Cause, World

KEYS = ("sk_test_", "rk_test_")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose sender is known."""

    id: str
    http: web.Request
    endpoint: Endpoint
    given: Json
    fault: Fault | None
    store: Store  # as it was then: what was reset meanwhile is not asked any more

    @property
    def key(self) -> str:
        return self.http.headers.get("Idempotency-Key", "") if self.http.method == "POST" else ""

    def fails(self, *modes: str) -> bool:
        return self.fault is not None and self.fault.mode in modes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str
    stored: bool = False  # whether the request's key replays it
    replays: str | None = None  # the id of the request that it is the answer of


class Api:
    def __init__(self, world: World) -> None:
        self._world = world
        self._parts = parts(world)

    def route(self, endpoint: Endpoint) -> web.RouteDef:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, endpoint)

        return web.route(endpoint.method, endpoint.path, handle)

    async def unrecognized(self, request: web.Request) -> web.StreamResponse:
        text = f"Unrecognized request URL ({request.method}: {request.path}). Please see https://stripe.com/docs or we "
        error = StripeError(f"{text}can help at https://support.stripe.com/.", status=404)
        return _response(request, new_id("req"), _refusal(error, ""))

    async def _answer(self, request: web.Request, endpoint: Endpoint) -> web.StreamResponse:
        fault = self._world.faults.take(request.method, request.path)
        if self._world.faults.away or (fault and fault.mode == "lost"):
            return _cut(request)
        request_id, store = new_id("req"), self._world.store
        try:
            authenticate(request)
            given = form.nested(parse_qsl(await _encoded(request), keep_blank_values=True))
            answer = await self._once(Asked(request_id, request, endpoint, given, fault, store))
        except StripeError as error:
            answer = _refusal(error, request_id)
        if self._world.store is store:
            self._remember(request, request_id, answer)
        if fault and fault.mode in ("hang", "cut"):
            await asyncio.sleep(fault.seconds if fault.mode == "hang" else 0)
            return _cut(request)
        return _response(request, request_id, answer)

    async def _once(self, asked: Asked) -> Answer:
        """Carry the request out, or replay what its key was answered before."""
        if not asked.key:
            return await self._in_its_time(asked)
        keys, mark = self._world.keys, fingerprint(asked.http.method, asked.http.path, asked.given)
        if known := keys.begin(asked.key, mark, asked.id, self._world.clock.exact()):
            return Answer(known.status, known.body, replays=known.request_id)
        answer = None
        try:
            answer = await self._in_its_time(asked)
        finally:
            if answer is None or not answer.stored:
                keys.forget(asked.key)
        if answer.stored:
            keys.finish(asked.key, answer.status, answer.body)
        return answer

    async def _in_its_time(self, asked: Asked) -> Answer:
        if asked.fault and asked.fails("slow"):
            await asyncio.sleep(asked.fault.seconds)
        if self._world.store is not asked.store:
            return _refusal(refusal("500"), asked.id)
        self._world.cause = Cause(asked.id, asked.key or None)
        try:
            return Answer(200, self._carry_out(asked), stored=True)
        except StripeError as error:
            return _refusal(error, asked.id)
        finally:
            self._world.cause = Cause()

    def _carry_out(self, asked: Asked) -> str:
        if asked.fault and asked.fails("500", "429", "409"):
            raise refusal(asked.fault.mode)
        params = parameters.check(asked.endpoint.params, asked.given)
        call = Call(params, asked.http.path, dict(asked.http.match_info))
        found = asked.endpoint.handler(self._world, call)
        self._world.changed = self._world.changed or asked.http.method != "GET"
        if asked.fails("failed"):
            raise refusal("500")
        return json.dumps(expanded(self._world.store, found, params.get("expand", []), self._parts), default=_plain)

    def _remember(self, request: web.Request, id: str, answer: Answer) -> None:
        self._world.requests.append(
            {
                "id": id,
                "at": self._world.now(),
                "method": request.method,
                "path": request.path,
                "status": answer.status,
                "idempotency_key": request.headers.get("Idempotency-Key"),
                "replays": answer.replays,
            }
        )


def authenticate(request: web.Request) -> None:
    """Refuse all but test keys, and all but the library's own version."""
    kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
    key = credentials if kind.lower() == "bearer" else _user(credentials)
    if not key:
        text = "You did not provide an API key. You need to provide your API key in the Authorization header, using "
        raise StripeError(f"{text}Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').", status=401)
    if not key.startswith(KEYS) or key in KEYS:
        raise StripeError(f"Invalid API Key provided: {key[:8]}****", status=401)
    version = request.headers.get("Stripe-Version", parameters.VERSION)
    if version != parameters.VERSION:
        raise StripeError(f"Invalid Stripe API version: {version}")


def _user(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


async def _encoded(request: web.Request) -> str:
    if request.method != "POST":
        return request.query_string
    if request.content_type not in ("application/x-www-form-urlencoded", "application/octet-stream"):
        raise StripeError("Invalid request: the content type must be application/x-www-form-urlencoded.")
    try:
        return (await request.read()).decode()
    except UnicodeDecodeError:
        raise StripeError("Invalid request: the body must be UTF-8.") from None


def _refusal(error: StripeError, id: str) -> Answer:
    return Answer(error.status, json.dumps(error.as_json(id)), error.stored)


def _response(request: web.Request, id: str, answer: Answer) -> web.Response:
    headers = {"Request-Id": id, "Stripe-Version": parameters.VERSION, "Cache-Control": "no-store"}
    if key := request.headers.get("Idempotency-Key"):
        headers["Idempotency-Key"] = key
    if answer.replays:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.replays}
    if 400 <= answer.status < 500:
        headers["Stripe-Should-Retry"] = "true" if answer.status == 409 else "false"
    return web.Response(status=answer.status, text=answer.body, content_type="application/json", headers=headers)


def _cut(request: web.Request) -> web.Response:
    """End the connection without an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value))
