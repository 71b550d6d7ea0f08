"""Who calls: from the Authorization header to a caller, asked anew for every request.

Every refusal looks the same, whether the key is missing, malformed, unknown or revoked, and
says nothing of what was presented.
"""

from typing import TYPE_CHECKING

from gateway.errors import GatewayError
from gateway.http import Request
from gateway.rooms import Rooms

if TYPE_CHECKING:
    from keys.verification import Caller

_LONGEST_SECRET = 512


async def identify(rooms: Rooms, request: Request) -> "Caller":
    """Return the caller of the presented key, or raise a 401."""
    secret = presented_secret(request.header(b"authorization"))
    caller = await rooms.find_caller(secret) if secret else None
    if caller is None:
        raise GatewayError(401, "invalid_api_key", "A valid API key is required: Authorization: Bearer KEY.")
    return caller


def presented_secret(header: bytes | None) -> str | None:
    """Return the secret of a bearer header; None when it cannot be one."""
    scheme, _, secret = (header or b"").partition(b" ")
    if scheme.lower() != b"bearer" or not 0 < len(secret) <= _LONGEST_SECRET or not secret.isascii():
        return None
    text = secret.decode("ascii")
    return text if text.isprintable() and " " not in text else None
