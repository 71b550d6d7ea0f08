"""The unsealer over its Unix socket: one connection a thread, made anew when the other side was restarted.

A request is never sent twice: one whose answer did not come may have been recorded. When the unsealer is away the
caller learns that trying again can help.
"""

import os
import select
import socket
import threading
from pathlib import Path
from typing import cast

import msgspec

from vault.errors import VaultError
from vault.unsealer import wire
from vault.unsealer.messages import Begin, End, Open, Request
from vault.unsealer.wire import Closed, Failure

_CONNECT_PATIENCE, _PATIENCE = 2.0, 30.0  # seconds


class Socket:
    """Carries requests to the process behind a socket."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def call(self, request: Request) -> object:
        scopes = self._scopes()
        if isinstance(request, End):
            scopes.pop(request.scope, None)
        connection = self._connection()
        # The scope went with its connection. That is nobody's attempt, so the unsealer shall not record it as refused.
        if isinstance(request, Open) and scopes.get(request.scope, connection) is not connection:
            raise _away()
        answer = self._exchange(connection, request)
        if isinstance(request, Begin):
            scopes[cast(bytes, answer)] = connection
        return answer

    def _exchange(self, connection: socket.socket, request: Request) -> object:
        try:
            wire.send(connection, wire.encode(request))
            answer = wire.answer_of(wire.receive(connection))
        except (OSError, Closed, ValueError):
            self.close()
            raise _away() from None
        if isinstance(answer, Failure):
            raise answer.error()
        return msgspec.convert(answer.value, request.answer) if request.answer else answer.value

    def close(self) -> None:
        """Close this thread's connection, and its scopes with it."""
        if connection := getattr(self._local, "connection", None):
            connection.close()
        self._local.connection = None

    def _scopes(self) -> dict[bytes, socket.socket]:
        """Return this thread's open scopes with the connection that each began on."""
        scopes: dict[bytes, socket.socket] = vars(self._local).setdefault("scopes", {})
        return scopes

    def _connection(self) -> socket.socket:
        connection: socket.socket | None = getattr(self._local, "connection", None)
        # A forked child must not talk over its parent's connection.
        if connection and self._local.pid == os.getpid() and _is_alive(connection):
            return connection
        self.close()
        self._local.connection, self._local.pid = self._connect(), os.getpid()
        return cast(socket.socket, self._local.connection)

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(_CONNECT_PATIENCE)
            connection.connect(str(self._path))
            connection.settimeout(_PATIENCE)
        except OSError:
            connection.close()
            raise _away() from None
        return connection


def _is_alive(connection: socket.socket) -> bool:
    """Tell whether the other side is still there: between requests only the end of a dead connection can be read."""
    poller = select.poll()
    poller.register(connection, select.POLLIN)
    return not poller.poll(0)


def _away() -> VaultError:
    return VaultError("unsealer-away", "The unsealer does not answer now.", permanent=False)
