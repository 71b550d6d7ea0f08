"""The API over HTTP: who asks, in which version, with which key; what goes wrong on the way; the answer's shape."""

import asyncio
import base64
import binascii
import json
from decimal import Decimal
from urllib.parse import parse_qsl

from aiohttp import web

from dev.stripe_simulator import form, idempotency, parameters
from dev.stripe_simulator.api.call import Call, Endpoint
from dev.stripe_simulator.api.listing import expanded
from dev.stripe_simulator.api.table import parts
from dev.stripe_simulator.errors import Json, StripeError
from dev.stripe_simulator.faults import Fault, refusal
from dev.stripe_simulator.store import new_id
from dev.stripe_simulator.world import Cause, World

KEYS = ("sk_test_", "rk_test_")


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
        error = StripeError(f"{text}can help at https://support.stripe.com/.", status=404, stored=False)
        return self._response(request, new_id("req"), error.status, json.dumps(error.as_json("")))

    async def _answer(self, request: web.Request, endpoint: Endpoint) -> web.StreamResponse:
        fault = self._world.faults.take(request.method, request.path)
        if self._world.faults.away or (fault and fault.mode == "lost"):
            return _cut(request)
        request_id = new_id("req")
        try:
            authenticate(request)
            given = form.nested(parse_qsl(await _encoded(request), keep_blank_values=True))
            status, body, replayed = await self._once(request, endpoint, given, request_id, fault)
        except StripeError as error:
            status, body, replayed = error.status, json.dumps(error.as_json(request_id)), None
        self._remember(request, request_id, status, replayed)
        if fault and fault.mode in ("hang", "cut"):
            await asyncio.sleep(fault.seconds if fault.mode == "hang" else 0)
            return _cut(request)
        return self._response(request, request_id, status, body, replayed)

    async def _once(
        self, request: web.Request, endpoint: Endpoint, given: Json, request_id: str, fault: Fault | None
    ) -> tuple[int, str, str | None]:
        """Return status, body, and the id of the request that is replayed."""
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        keys, world = self._world.keys, self._world
        if key:
            print_ = idempotency.fingerprint(request.method, request.path, given)
            if known := keys.begin(key, print_, request_id, world.clock.exact()):
                return known.status, known.body, known.request_id
        stored = False
        try:
            if fault and fault.mode == "slow":
                await asyncio.sleep(fault.seconds)
            status, body, stored = self._carry_out(request, endpoint, given, request_id, fault)
        finally:
            if key and not stored:
                keys.forget(key)
        if key and stored:
            keys.finish(key, status, body)
        return status, body, None

    def _carry_out(
        self, request: web.Request, endpoint: Endpoint, given: Json, request_id: str, fault: Fault | None
    ) -> tuple[int, str, bool]:
        """Return status, body, and whether an idempotency key keeps them."""
        world = self._world
        world.cause = Cause(request_id, request.headers.get("Idempotency-Key"))
        try:
            if fault and fault.mode != "failed" and (refused := refusal(fault.mode)):
                raise refused
            params = parameters.check(endpoint.params, given)
            answer = endpoint.handler(world, Call(params, request.path, dict(request.match_info)))
            world.changed = world.changed or request.method != "GET"
            if fault and fault.mode == "failed" and (refused := refusal(fault.mode)):
                raise refused
            answer = expanded(world.store, answer, params.get("expand", []), self._parts)
        except StripeError as error:
            return error.status, json.dumps(error.as_json(request_id)), error.stored
        finally:
            world.cause = Cause()
        return 200, json.dumps(answer, default=_plain), True

    def _remember(self, request: web.Request, request_id: str, status: int, replayed: str | None) -> None:
        self._world.requests.append(
            {
                "id": request_id,
                "at": self._world.now(),
                "method": request.method,
                "path": request.path,
                "status": status,
                "idempotency_key": request.headers.get("Idempotency-Key"),
                "replayed": replayed,
            }
        )

    def _response(
        self, request: web.Request, request_id: str, status: int, body: str, replayed: str | None = None
    ) -> web.Response:
        headers = {"Request-Id": request_id, "Stripe-Version": parameters.VERSION, "Cache-Control": "no-store"}
        if key := request.headers.get("Idempotency-Key"):
            headers["Idempotency-Key"] = key
        if replayed:
            headers |= {"Idempotent-Replayed": "true", "Original-Request": replayed}
        if status == 409:
            headers["Stripe-Should-Retry"] = "true"
        elif 400 <= status < 500:
            headers["Stripe-Should-Retry"] = "false"
        return web.Response(status=status, text=body, content_type="application/json", headers=headers)


def authenticate(request: web.Request) -> None:
    """Refuse all but test keys, and all but the library's own version."""
    kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
    key = credentials if kind.lower() == "bearer" else _user(credentials)
    if not key:
        text = "You did not provide an API key. You need to provide your API key in the Authorization header, using "
        raise StripeError(
            f"{text}Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').", status=401, stored=False
        )
    if not key.startswith(KEYS) or key in KEYS:
        raise StripeError(f"Invalid API Key provided: {key[:8]}****", status=401, stored=False)
    version = request.headers.get("Stripe-Version", parameters.VERSION)
    if version != parameters.VERSION:
        raise StripeError(f"Invalid Stripe API version: {version}", stored=False)


def _user(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


async def _encoded(request: web.Request) -> str:
    if request.method != "POST":
        return request.query_string
    if request.content_type not in ("application/x-www-form-urlencoded", "application/octet-stream"):
        text = "Invalid request: the content type must be application/x-www-form-urlencoded."
        raise StripeError(text, stored=False)
    try:
        return (await request.read()).decode()
    except UnicodeDecodeError:
        raise StripeError("Invalid request: the body must be UTF-8.", stored=False) from None


def _cut(request: web.Request) -> web.Response:
    """End the connection without an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value))
