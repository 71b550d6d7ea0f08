"""The boundary to the model servers: what the gateway asks of all of them, and what a client of one must do.

Whatever goes wrong there becomes an UpstreamError; nothing that a server says about itself (addresses, keys, stack
traces) reaches a caller. A caller's headers never reach a server.
"""

from collections.abc import AsyncGenerator, Mapping
from typing import Protocol

from catalog.upstreams import Moderates
from gateway.requests.asked import Asked


class Upstream(Protocol):
    """Where answers come from. Failures are UpstreamErrors; cancelling closes the connection at once."""

    async def open(self) -> None:
        """Get ready to connect."""

    async def close(self) -> None:
        """Close every connection."""

    def stop(self) -> None:
        """End every answer that still comes, and begin no other one: the gateway stops."""

    async def complete(self, asked: Asked) -> bytes:
        """Return the JSON of a whole answer."""

    def stream(self, asked: Asked) -> AsyncGenerator[list[bytes], None]:
        """Yield the data of events as they come, the last one [DONE] if the server says so."""

    def moderates(self, model: str, known_as: str) -> Moderates | None:
        """Tell how a model moderates, if it is one that does."""

    async def ready(self) -> bool:
        """Tell whether a model server answers."""

    def pools(self) -> Mapping[str, int]:
        """Tell how many pools are ok, degraded and unavailable."""


class Received(Protocol):
    """An answer whose head is there. Close it in any case; twice does no harm."""

    @property
    def status(self) -> int:
        """Return the number of the status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Return what the gateway reads of the headers, with names in lower case."""

    async def read(self) -> bytes:
        """Return what of the body has come since, at least a byte; nothing at its end."""

    async def finish(self) -> None:
        """Leave the rest of the body, of which hardly anything is missing, and keep the connection if it comes soon."""

    def close(self) -> None:
        """End the exchange. A connection is used again only if its answer was read to the end."""


class Client(Protocol):
    """HTTP to one model server. Failures are UpstreamErrors: timeout, unreachable, invalid_answer.

    A request is sent again by itself in one case: an idle connection turned out to be dropped, and no byte came back.
    """

    async def open(self) -> None:
        """Get ready to connect."""

    async def close(self) -> None:
        """Close every connection."""

    def stop(self) -> None:
        """Let every exchange fail with the error `stopping`, those that are yet to come as well."""

    async def post(self, path: str, body: bytes) -> Received:
        """Send JSON to a path under the server's base and wait for the head of its answer."""

    async def answers(self) -> bool:
        """Tell whether the server answers `GET …/models` without a fault of its own."""
