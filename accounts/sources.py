"""Where a request comes from. What a proxy says of it counts only if the settings name that proxy."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def source_of(request: HttpRequest) -> str:
    """Return the address that tries are counted by: one IPv4 address, or one IPv6 network of a customer (/64)."""
    forwarded = request.headers.get("X-Forwarded-For")
    hops = forwarded.split(",") if forwarded is not None else []
    address = request.META.get("REMOTE_ADDR", "")
    while hops and _is_proxy(address):
        address = hops.pop().strip()
    return _network(address)


def _is_proxy(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in ip_network(network) for network in settings.TRUSTED_PROXIES)


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)
