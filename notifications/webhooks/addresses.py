"""Which network addresses a customer may have us connect to: those that the whole internet reaches, and no others.

`ipaddress` alone is not enough: what it calls global changed between versions, and includes multicast, relays that lead
elsewhere, and the platform addresses of a cloud.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

# https://www.iana.org/assignments/iana-ipv4-special-registry, and what clouds serve their machines under.
_FORBIDDEN_4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
# IPv6 is global in one block alone; in it lie protocols, documentation, and the tunnels Teredo and 6to4.
_GLOBAL_6 = IPv6Network("2000::/3")
_FORBIDDEN_6 = [IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
_NAT64 = IPv6Network("64:ff9b::/96")
_LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))


def is_public(address: Address) -> bool:
    """Tell whether an address is globally routable and leads to one machine; NAT64 is judged by what it stands for."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
        return address in _GLOBAL_6 and address.is_global and not any(address in net for net in _FORBIDDEN_6)
    return address.is_global and not any(address in net for net in _FORBIDDEN_4)


def is_loopback(address: Address) -> bool:
    return any(address in network for network in _LOOPBACK)


def literal(host: str) -> Address | None:
    """Return the address that a host spells, if it spells one the usual way; ValueError for an unusual one.

    Programs read 127.1, 0x7f000001, 017700000001 and 2130706433 as addresses, too.
    """
    last = host.rpartition(".")[2]
    if ":" in host or last.isdecimal() or last.startswith("0x"):
        return ip_address(host)
    return None
