"""The transport: one request to exactly the addresses that the guard checked.

No redirect is followed, no proxy asked, no cookie kept. The connection is made by address, and the certificate must
be valid for the name in the URL all the same. Of a webhook's answer the status counts; its body is read in part and
dropped. Who needs an answer says how much of it they take.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from threading import Timer

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError
from urllib3.response import BaseHTTPResponse

from notifications.failure import DeliveryError
from notifications.webhooks.addresses import Address
from notifications.webhooks.guard import Target

_CONNECT, _READ, _TOTAL = 3.0, 10.0, 20.0  # seconds: to connect, for each read, and for one address altogether
_MOST_ADDRESSES = 3  # of a name, until it counts as unreachable
_MOST_BODY = 64 * 1024
USER_AGENT = "Llama-Console-Webhooks/1"


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    status: int
    body: bytes


def post(target: Target, headers: Mapping[str, str], body: bytes) -> int:
    """Send the body and return the status of the answer; DeliveryError if there is none."""
    with _answer("POST", target, headers, body, _TOTAL) as answer:
        with suppress(OSError, ValueError, HTTPError, HTTPException):
            answer.read(_MOST_BODY, decode_content=False)
        return answer.status


def fetch(
    method: str, target: Target, headers: Mapping[str, str], body: bytes | None, *, most: int, total: float
) -> Answer:
    """Return the answer; DeliveryError if it is longer than `most`, late, or none at all.

    One that is cut off may look like a short one: its reader must be able to tell.
    """
    with _answer(method, target, headers, body, total) as answer:
        found = answer.read(most + 1, decode_content=False)
        if len(found) > most:
            raise DeliveryError("too-large", permanent=True)
        return Answer(answer.status, found)


@contextmanager
def _answer(
    method: str, target: Target, headers: Mapping[str, str], body: bytes | None, total: float
) -> Iterator[BaseHTTPResponse]:
    """Give the answer to read; DeliveryError for whatever goes wrong on the way, reading included."""
    try:
        connection = _connect(target)
        with _ended(connection, total):
            sent = {"Host": target.host_header, "User-Agent": USER_AGENT, **headers}
            connection.request(method, target.path, body, sent, preload_content=False)
            yield connection.getresponse()
    except ssl.SSLError:
        raise DeliveryError("tls", permanent=False) from None
    except (TimeoutError, ConnectTimeoutError):
        raise DeliveryError("timeout", permanent=False) from None
    except (OSError, ValueError, HTTPError, HTTPException):
        raise DeliveryError("unreachable", permanent=False) from None


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
def _ended(connection: HTTPConnection, total: float) -> Iterator[None]:
    """Close the connection at the end, and cut it off when the time is over: each byte alone may come in time."""
    late = Timer(total, _cut, [connection.sock])
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
