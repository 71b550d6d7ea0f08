"""What a gateway is made of: everything outside it, and the operator's choices. Tests make their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from gateway.control.rooms import ControlRooms
from gateway.limits.demand import Limiter
from gateway.limits.local import LocalLimiter
from gateway.limits.shared import SharedLimiter
from gateway.rooms import Rooms
from gateway.upstream import Upstream
from gateway.writer import Writer


@dataclass(frozen=True)
class House:
    """The rooms below, the model servers, the writer of usage, and settings."""

    rooms: Rooms
    upstream: Upstream
    writer: Writer
    max_body: int  # bytes
    max_completion: int  # tokens of an answer whose caller names no number
    control: ControlRooms | None = None  # what other gateways ask of; without it nothing stands under /control
    console: str = ""  # its origin, for addresses of pages
    token: str = ""  # by which the console asks for counters; without one nobody gets any
    redis: str = ""  # its address: several gateways count together
    redis_prefix: str = "console"
    proxies: Sequence[IPv4Network | IPv6Network] = ()  # whose word counts for where a call comes from
    address_header: str = "X-Forwarded-For"
    drain: float = 0.0  # seconds that calls in flight have after SIGTERM; 0: the server decides

    def limiter(self) -> Limiter:
        """Return what counts calls: in Redis if there is one, else in this process."""
        return SharedLimiter(self.redis, self.redis_prefix) if self.redis else LocalLimiter()
