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

from notifications.failure import DeliveryError

_batch = threading.local()


@contextmanager
def kept_connection() -> Iterator[None]:
    """Inside, the mails of this thread share a connection, which the first one opens."""
    _batch.connections = list[Any]()
    try:
        yield
    finally:
        for connection in _batch.connections:
            _close(connection)
        del _batch.connections


def send(message: EmailMessage) -> None:
    """Send a mail; raises what Django's backends and anymail's raise.

    DeliveryError if the server does not let us in: whatever its code, that is for an operator to mend.
    """
    if not hasattr(_batch, "connections"):
        with kept_connection():
            return send(message)
    if not _batch.connections:
        _batch.connections.append(get_connection())
    message.connection = connection = _batch.connections[0]
    try:
        _open(connection)
        message.send()
    except BaseException:
        _close(connection)
        raise


def _open(connection: Any) -> None:
    try:
        connection.open()
    except smtplib.SMTPResponseException as error:
        said = f"smtp-{error.smtp_code}" if error.smtp_code > 0 else "mail-server-unreachable"  # -1: it said no code
        raise DeliveryError(said, permanent=False) from None


def _close(connection: Any) -> None:
    # The mails are through, or their errors are known: how the goodbye went changes nothing.
    with suppress(smtplib.SMTPException, OSError, AnymailError):
        connection.close()
