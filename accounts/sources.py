"""Where a request comes from. What a proxy says of it counts only if the settings name that proxy.

WSGI writes hyphens and underscores of a header's name alike: through a proxy that lets `X_Forwarded_For` pass, a client
says itself where it comes from. Nobody can imitate a name without a hyphen so.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def address_of(request: HttpRequest) -> Address | None:
    """Return the address of the client; None where nothing readable is said of it."""
    forwarded = request.headers.get(settings.CLIENT_ADDRESS_HEADER)
    hops = forwarded.split(",") if forwarded is not None else []
    address = request.META.get("REMOTE_ADDR", "")
    while hops and _is_proxy(address):
        address = hops.pop().strip()
    return _parsed(address)


def source_of(request: HttpRequest) -> str:
    """Return the address that tries are counted by: one IPv4 address, or one IPv6 network of a customer (/64)."""
    address = address_of(request)
    if address is None:
        return "unknown"
    return str(ip_network((address.packed, 64), strict=False) if isinstance(address, IPv6Address) else address)


def _is_proxy(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in ip_network(network) for network in settings.TRUSTED_PROXIES)


def _parsed(address: str) -> Address | None:
    """Return an address; what a socket of both families says of an IPv4 address is that address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
