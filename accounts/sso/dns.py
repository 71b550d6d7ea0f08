"""The proof of a domain: a TXT record that only who runs its DNS can write."""

import re
from ipaddress import ip_address

import idna
from django.conf import settings
from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

_PATIENCE = 5.0  # seconds
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_PREFIX = "llama-console-verification="


class Away(Exception):
    """DNS did not answer, so nothing is known."""


def normalise(text: str) -> str | None:
    """Return a domain as DNS has it; None for what is none that has email."""
    domain = text.strip().rstrip(".").casefold()
    try:
        domain = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return None
    labels = domain.split(".")
    fits = len(labels) >= 2 and len(domain) <= 220 and all(_LABEL.fullmatch(label) for label in labels)
    return domain if fits and not labels[-1].isdecimal() else None


def name_of(domain: str) -> str:
    return f"_llama-console.{domain}"


def value_of(token: str) -> str:
    return _PREFIX + token


def has_proof(domain: str, token: str) -> bool:
    """Tell whether the record is there now; Away where nobody can say."""
    try:
        found = _resolver().resolve(f"{name_of(domain)}.", "TXT", lifetime=_PATIENCE, search=False)
    except (NXDOMAIN, NoAnswer):
        return False
    except (DNSException, OSError, ValueError):
        away = Away()
    else:
        return any(b"".join(record.strings) == value_of(token).encode() for record in found)
    raise away


def _resolver() -> Resolver:
    """Return the resolver of the settings, or the system's; it keeps nothing, so that a check sees what is there."""
    if not settings.DNS_RESOLVER:
        return Resolver()
    address, _, port = settings.DNS_RESOLVER.rpartition(":")
    if not address or not port.isdecimal() or _is_ip(settings.DNS_RESOLVER):
        address, port = settings.DNS_RESOLVER, "53"
    resolver = Resolver(configure=False)
    resolver.nameservers, resolver.port = [address.strip("[]")], int(port)
    return resolver


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
