"""The routes of the transit engine, mounted at /v1/transit, and sys/health."""

import base64
import hmac
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from dev.transit.keys import TransitError, TransitKey, decoded

Json = dict[str, Any]
_TYPE = "aes256-gcm96"


class TransitServer:
    def __init__(self, token: str) -> None:
        self._token = token
        self._keys: dict[str, TransitKey] = {}

    def application(self) -> web.Application:
        application = web.Application(middlewares=[explain, self._authenticate])
        application.add_routes(
            [
                web.get("/v1/sys/health", self.health),
                web.post("/v1/transit/keys/{name}", self.create),
                web.get("/v1/transit/keys/{name}", self.read),
                web.post("/v1/transit/keys/{name}/rotate", self.rotate),
                web.post("/v1/transit/keys/{name}/config", self.configure),
                web.post("/v1/transit/encrypt/{name}", self.encrypt),
                web.post("/v1/transit/decrypt/{name}", self.decrypt),
                web.post("/v1/transit/rewrap/{name}", self.rewrap),
            ]
        )
        return application

    @web.middleware
    async def _authenticate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        token = request.headers.get("X-Vault-Token", "")
        if request.path != "/v1/sys/health" and not hmac.compare_digest(token.encode(), self._token.encode()):
            return _errors(403, "permission denied")
        return await handler(request)

    async def health(self, request: web.Request) -> web.Response:
        return web.json_response({"initialized": True, "sealed": False, "standby": False})

    async def create(self, request: web.Request) -> web.Response:
        asked = await _body(request, type=str, derived=bool)
        if asked.get("type", _TYPE) != _TYPE:
            raise TransitError("this server has aes256-gcm96 alone")
        # As in Vault, making a key that exists changes nothing.
        self._keys.setdefault(request.match_info["name"], TransitKey(asked.get("derived", False)))
        return web.Response(status=204)

    async def read(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._keys:
            return _errors(404)
        key = self._keys[name]
        return _data(
            name=name,
            type=_TYPE,
            derived=key.derived,
            latest_version=key.latest_version,
            min_decryption_version=key.min_decryption_version,
        )

    async def rotate(self, request: web.Request) -> web.Response:
        await _body(request)
        self._key(request).rotate()
        return web.Response(status=204)

    async def configure(self, request: web.Request) -> web.Response:
        asked, key = await _body(request, min_decryption_version=int), self._key(request)
        least = asked.get("min_decryption_version", key.min_decryption_version)
        if not 1 <= least <= key.latest_version:
            raise TransitError("min_decryption_version must lie between 1 and the latest version")
        key.min_decryption_version = least
        return web.Response(status=204)

    async def encrypt(self, request: web.Request) -> web.Response:
        asked, key = await _body(request, plaintext=str, context=str), self._key(request)
        return _data(ciphertext=key.encrypt(decoded(asked.get("plaintext", "")), decoded(asked.get("context", ""))))

    async def decrypt(self, request: web.Request) -> web.Response:
        asked, key = await _body(request, ciphertext=str, context=str), self._key(request)
        plaintext = key.decrypt(asked.get("ciphertext", ""), decoded(asked.get("context", "")))
        return _data(plaintext=base64.b64encode(plaintext).decode())

    async def rewrap(self, request: web.Request) -> web.Response:
        asked, key = await _body(request, ciphertext=str, context=str), self._key(request)
        context = decoded(asked.get("context", ""))
        return _data(ciphertext=key.encrypt(key.decrypt(asked.get("ciphertext", ""), context), context))

    def _key(self, request: web.Request) -> TransitKey:
        try:
            return self._keys[request.match_info["name"]]
        except KeyError:
            raise TransitError("encryption key not found") from None


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every refusal in Vault's form, `{"errors": […]}`."""
    try:
        return await handler(request)
    except TransitError as refused:
        return _errors(400, str(refused))
    except web.HTTPException as failure:
        return _errors(failure.status)


async def _body(request: web.Request, **known: type) -> Json:
    """Return the body's parameters; unknown names and other types are refused."""
    try:
        asked = await request.json() if request.can_read_body else {}
    except ValueError:
        raise TransitError("failed to parse JSON input") from None
    for name, value in (asked or {}).items():
        if not isinstance(value, known.get(name, ())):
            raise TransitError(f"unknown or malformed parameter {name!r}")
    return asked or {}


def _data(**data: Any) -> web.Response:
    return web.json_response({"data": data})


def _errors(status: int, *errors: str) -> web.Response:
    return web.json_response({"errors": list(errors)}, status=status)
