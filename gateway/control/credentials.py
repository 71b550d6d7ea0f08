"""Which gateway asks: from its secret to what it may do, remembered until something changes."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gateway.addresses import Addresses
from gateway.control.memory import Changes, Memory, place_of
from gateway.control.rooms import ControlRooms
from gateway.errors import GatewayError
from gateway.http import Request

if TYPE_CHECKING:
    from keys.control.credentials import Credential

VERIFY, REPORT = "keys:verify", "usage:report"
_MOST = 1000


class Credentials:
    """Answers who asks; whatever is wrong with a secret, it is refused in the same words."""

    def __init__(self, rooms: ControlRooms, addresses: Addresses, changes: Changes) -> None:
        self._rooms = rooms
        self._addresses = addresses
        self._memory: Memory[bytes, Credential] = Memory(changes, _MOST)

    async def require(self, secret: str | None, permission: str, request: Request, *, status: int) -> "Credential":
        """Return whose secret it is, if that may do this from where it is; else raise this status or 403."""
        credential = await self._find(secret) if secret else None
        if credential is None:
            raise GatewayError(
                status, "invalid_credential", "A control key, or an admin key with the scope, is required."
            )
        if credential.networks and not credential.comes_from(self._addresses.of(request)):
            raise GatewayError(_lower(status), "address_not_allowed", "The organization does not allow this address.")
        if permission not in credential.permissions:
            raise GatewayError(_lower(status), "insufficient_scope", f"The key lacks the scope {permission}.")
        return credential

    async def _find(self, secret: str) -> "Credential | None":
        place = place_of(secret)
        credential = self._memory.get(place)
        if credential is None:
            asked_at = self._memory.now()
            credential = await self._rooms.ask(lambda: self._rooms.find_credential(secret))
            if credential is None:
                return None
            self._memory.put(place, credential, asked_at)
        if credential.over_at is not None and credential.over_at <= datetime.now(UTC):
            return None
        return credential


def _lower(status: int) -> int:
    """Of a subrequest's answers the customer sees some, so none of them is about the gateway's own secret."""
    return 403 if status == 401 else status
