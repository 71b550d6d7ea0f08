"""The guard: whether we may connect to an address that a customer names, asked when it is saved and when it is used.

Https to a public machine on an allowed port, and nothing else; what the operator trusts may stand in their own network.
A name is resolved here, each address that it has must be public, and the sender connects to just those: a name that
changes its answer in between changes nothing.
"""

import re
import socket
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from notifications.webhooks.addresses import Address, is_loopback, is_public, literal

_PRINTABLE = re.compile(r"[!-~]+")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LOCALHOST = {"localhost", "127.0.0.1", "::1"}
_DEFAULT_PORTS = {"https": 443, "http": 80}
_PATIENCE = 5.0  # seconds for a name; the system's resolver knows no deadline of its own
_resolvers = ThreadPoolExecutor(8, thread_name_prefix="resolver")


class Forbidden(Exception):
    """An address that we connect to for nobody: a sentence for who typed it, and a `code` to store."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__(problem)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect: the checked `addresses` alone. `host` is what the certificate must be for."""

    host: str
    port: int
    path: str  # with the query
    is_tls: bool
    addresses: tuple[Address, ...]

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        is_default = self.port == _DEFAULT_PORTS["https" if self.is_tls else "http"]
        return name if is_default else f"{name}:{self.port}"


def check(url: str, *, localhost: bool | None = None, trusted: Collection[str] = ()) -> Target:
    """Return where to connect for a URL; Forbidden for any other than a public https address.

    `localhost` lets this machine through, by default if webhooks may go there; `trusted` hosts may have any address.
    """
    parts = _parse(url)
    host, is_tls = str(parts.hostname), parts.scheme == "https"
    is_local = (settings.WEBHOOK_ALLOW_LOCALHOST if localhost is None else localhost) and host in _LOCALHOST
    port = _port(parts)
    if not is_local:
        _check_name(host)
        if not is_tls:
            raise Forbidden("forbidden-url", _("Use an address that begins with https://."))
        if port not in {443, *settings.WEBHOOK_PORTS} and host not in trusted:
            raise Forbidden("forbidden-url", _("Port %(port)s is not allowed.") % {"port": port})
    addresses = _resolve(host, port)
    is_right = is_loopback if is_local else is_public
    if host not in trusted and not all(map(is_right, addresses)):
        raise Forbidden("forbidden-address", _("This leads into a private network. Use a publicly reachable address."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, port, path, is_tls, addresses)


def _parse(url: str) -> SplitResult:
    """Split a URL; Forbidden if it could mean different things to different programs."""
    try:
        parts = urlsplit(url if _PRINTABLE.fullmatch(url) and "\\" not in url else "")
        is_whole = parts.scheme in _DEFAULT_PORTS and parts.hostname and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise Forbidden("forbidden-url", _("Enter a whole address, such as https://example.com/webhooks."))
    if "@" in parts.netloc:
        raise Forbidden("forbidden-url", _("Leave out user name and password."))
    if parts.fragment:
        raise Forbidden("forbidden-url", _("Leave out the part after #."))
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or _DEFAULT_PORTS[parts.scheme]


def _check_name(host: str) -> None:
    try:
        if literal(host) is not None:
            return
    except ValueError:
        raise Forbidden("forbidden-url", _("Write the network address in its usual form, or use a name.")) from None
    labels = host.split(".")
    if len(labels) < 2 or len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Forbidden("forbidden-url", _("This host is not reachable from the internet. Use its full name."))


def _resolve(host: str, port: int) -> tuple[Address, ...]:
    """Return every address of a host, at least one."""
    answer = _resolvers.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = answer.result(_PATIENCE)
        addresses = tuple(dict.fromkeys(ip_address(str(each[4][0])) for each in found))
    except (OSError, UnicodeError, ValueError):  # TimeoutError is an OSError
        addresses = ()
    finally:
        answer.cancel()  # if it still waits for its turn: what nobody waits for must not hold up the next name
    if not addresses:
        raise Forbidden("no-address", _("This host name does not resolve to an address."))
    return addresses
