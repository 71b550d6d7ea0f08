"""The transport: one POST to exactly the addresses that the guard checked.

No redirect is followed, no proxy asked, no cookie kept. The connection is made by address, and the certificate must
be valid for the name in the URL all the same. Of the answer the status counts; its body is read in part and dropped.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from http.client import HTTPException
from threading import Timer

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError

from notifications.failure import DeliveryError
from notifications.webhooks.addresses import Address
from notifications.webhooks.guard import Target

_CONNECT, _READ, _TOTAL = 3.0, 10.0, 20.0  # seconds: to connect, for each read, and for one address altogether
_MOST_ADDRESSES = 3  # of a name, until it counts as unreachable
_MOST_BODY = 64 * 1024
USER_AGENT = "Llama-Console-Webhooks/1"


def post(target: Target, headers: Mapping[str, str], body: bytes) -> int:
    """Send the body and return the status of the answer; DeliveryError if there is none."""
    try:
        return _post(target, {"Host": target.host_header, "User-Agent": USER_AGENT, **headers}, body)
    except ssl.SSLError:
        raise DeliveryError("tls", permanent=False) from None
    except (TimeoutError, ConnectTimeoutError):
        raise DeliveryError("timeout", permanent=False) from None
    except (OSError, ValueError, HTTPError, HTTPException):
        raise DeliveryError("unreachable", permanent=False) from None


def _post(target: Target, headers: Mapping[str, str], body: bytes) -> int:
    connection = _connect(target)
    with _ended(connection):
        connection.request("POST", target.path, body, headers, preload_content=False)
        answer = connection.getresponse()
        with suppress(OSError, ValueError, HTTPError, HTTPException):
            answer.read(_MOST_BODY, decode_content=False)
        return answer.status


def _connect(target: Target) -> HTTPConnection:
    """Connect to the first of the addresses that answers; the error of the last one otherwise."""
    *others, last = target.addresses[:_MOST_ADDRESSES]
    for address in others:
        with suppress(OSError, HTTPError):
            return _connect_to(address, target)
    return _connect_to(last, target)


def _connect_to(address: Address, target: Target) -> HTTPConnection:
    connection = (
        HTTPSConnection(str(address), target.port, timeout=_CONNECT, ssl_context=_tls(), server_hostname=target.host)
        if target.is_tls
        else HTTPConnection(str(address), target.port, timeout=_CONNECT)
    )
    try:
        connection.connect()
    except BaseException:
        connection.close()
        raise
    connection.timeout = _READ
    return connection


@contextmanager
def _ended(connection: HTTPConnection) -> Iterator[None]:
    """Close the connection at the end, and cut it off when the time is over: each byte alone may come in time."""
    late = Timer(_TOTAL, _cut, [connection.sock])
    late.daemon = True
    late.start()
    try:
        yield
    finally:
        late.cancel()
        connection.close()


def _cut(connected: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)  # not TLS's own, which changes an object in use


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
