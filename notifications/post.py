"""The connection to the mail server or provider: made for a mail, or kept by a thread for a batch of mails.

Most of what a mail costs a mail server is its connection. One that failed in any way is closed, and the next mail
opens another: no failure spoils two mails.
"""

import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from anymail.exceptions import AnymailError
from django.core.mail import EmailMessage, get_connection

_batch = threading.local()


@contextmanager
def kept_connection() -> Iterator[None]:
    """Inside, the mails of this thread share a connection, which the first one opens."""
    _batch.connections = connections = list[Any]()
    try:
        yield
    finally:
        del _batch.connections
        for connection in connections:
            _close(connection)


def send(message: EmailMessage) -> None:
    """Send a mail; raises what Django's backends and anymail's raise."""
    connections = getattr(_batch, "connections", None)
    if connections is None:
        message.send()
        return
    if not connections:
        connections.append(get_connection())
    message.connection = connections[0]
    try:
        message.connection.open()
        message.send()
    except BaseException:
        _close(message.connection)
        raise


def _close(connection: Any) -> None:
    # The mails are through, or their errors are known: how the goodbye went changes nothing.
    with suppress(smtplib.SMTPException, OSError, AnymailError):
        connection.close()
