"""How this API fails: always with a problem (RFC 9457) and a stable code."""

from http import HTTPStatus

import msgspec

from gateway.errors import GatewayError

MEDIA_TYPE = "application/problem+json"


def body(error: GatewayError, **more: object) -> bytes:
    """Return a problem's body."""
    title = HTTPStatus(error.status).phrase
    problem = {"type": "about:blank", "title": title, "status": error.status, "detail": error.message}
    refusal = error.refusal.told() if error.refusal else {}
    return msgspec.json.encode({**problem, "code": error.code, **refusal, **more})
