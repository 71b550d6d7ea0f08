"""Networks that a key may be used from: written as people write them, kept as CIDR in one spelling each."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from django.utils.translation import gettext as _

from keys.rules import MOST_NETWORKS

_BETWEEN = re.compile(r"[\s,;]+")


class BadNetwork(ValueError):
    """Something is no network, or allows nothing or everything; the message says what."""


def read_networks(text: str) -> list[str]:
    """Return the networks of a text, a line or a comma between them; BadNetwork names the first that is none."""
    return normalised(part for part in _BETWEEN.split(text) if part)


def normalised(networks: Iterable[str]) -> list[str]:
    """Return each network once, IPv4 first, with those inside of others left out; BadNetwork for what is none."""
    found = [_network(text) for text in networks]
    if len(found) > MOST_NETWORKS:
        raise BadNetwork(_("A key can name at most %(most)s networks.") % {"most": MOST_NETWORKS})
    four = [each for each in found if isinstance(each, IPv4Network)]
    six = [each for each in found if isinstance(each, IPv6Network)]
    return [*map(str, collapse_addresses(four)), *map(str, collapse_addresses(six))]


def _network(text: str) -> IPv4Network | IPv6Network:
    """Return a network, or one address as a network of its own."""
    shown = text if len(text) <= 50 else f"{text[:50]}…"
    if "%" in text:
        raise BadNetwork(_("%(text)s names a zone of this machine, which no caller comes from.") % {"text": shown})
    try:
        network = ip_network(text)
    except ValueError:
        network = None
    if network is None:
        raise BadNetwork(_suggestion(text, shown))
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped:
        raise BadNetwork(_("%(text)s is an IPv4 address in IPv6 clothes. Write it as IPv4.") % {"text": shown})
    if network.prefixlen == 0:
        raise BadNetwork(_("%(text)s is every address. Leave the list empty to allow them all.") % {"text": shown})
    if network.is_multicast or network.is_unspecified:
        raise BadNetwork(_("No caller comes from %(text)s.") % {"text": shown})
    return network


def _suggestion(text: str, shown: str) -> str:
    """Say what is wrong; of a network with bits behind its mask, which one was likely meant."""
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        return _("%(text)s is no network. Write an address, or CIDR such as 203.0.113.0/24 or 2001:db8::/32.") % {
            "text": shown
        }
    words = {"text": shown, "meant": meant}
    return _("%(text)s has bits set behind its mask. Did you mean %(meant)s?") % words
