"""Where a call comes from: the client's address, as a trusted proxy tells it, and what is recorded of it."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from gateway.http import Request

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Addresses:
    """Reads addresses behind the proxies whose word counts; `header` is the one they write it in."""

    def __init__(self, proxies: Sequence[Network], header: str) -> None:
        self._proxies = tuple(proxies)
        self._header = header.lower()

    def of(self, request: Request) -> Address | None:
        """Return the client's address; None where nothing readable is said of it."""
        address = parsed(request.client)
        if not self._proxies:
            return address
        hops = ",".join(request.headers(self._header)).split(",")
        while hops and address is not None and any(address in proxy for proxy in self._proxies):
            address = parsed(hops.pop().strip())
        return address


@lru_cache(4096)
def parsed(text: str) -> Address | None:
    """Return an address; what a socket of both families says of an IPv4 address is that address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(4096)
def network_of(address: Address | None) -> str:
    """Return the network that is recorded of an address: /24, or /48 of IPv6; "" for an unknown one."""
    if address is None:
        return ""
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))
