"""Who calls: from the Authorization header to a caller.

Every refusal looks the same, whether the key is missing, malformed, unknown, expired or revoked, and says nothing of
what was presented.
"""

from gateway.callers import Callers, Known
from gateway.errors import GatewayError
from gateway.http import Request

_LONGEST_SECRET = 512


async def identify(callers: Callers, request: Request) -> Known:
    """Return the caller of the presented key, or raise a 401."""
    secret = presented_secret(request.header("authorization"))
    known = await callers.find(secret) if secret else None
    if known is None:
        raise unknown_key()
    return known


def unknown_key() -> GatewayError:
    """Return the one answer for keys that nobody may use."""
    return GatewayError(401, "invalid_api_key", "A valid API key is required: Authorization: Bearer KEY.")


def presented_secret(header: str | None) -> str | None:
    """Return the secret of a bearer header; None when it cannot be one."""
    scheme, _, secret = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(secret) <= _LONGEST_SECRET or not secret.isascii():
        return None
    return secret if secret.isprintable() and " " not in secret else None
