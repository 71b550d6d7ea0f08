"""The unsealer over its Unix sockets: one connection a thread, made anew when the other side was restarted.

A request is never sent twice: one whose answer did not come may have been recorded. When the unsealer is away the
caller learns that trying again can help.
"""

import os
import socket
import threading
from pathlib import Path
from typing import cast

import msgspec

from vault.errors import VaultError
from vault.unsealer import wire
from vault.unsealer.messages import Begin, End, Open, Request
from vault.unsealer.sockets import operators_socket
from vault.unsealer.wire import Closed, Frames, Result

_CONNECT_PATIENCE, _PATIENCE = 2.0, 30.0  # seconds


class Socket:
    """Carries requests to the unsealer at a path; what is for operators by the socket beside it."""

    def __init__(self, path: Path) -> None:
        self._common, self._operators = Line(path), Line(operators_socket(path))

    def call(self, request: Request) -> object:
        return (self._operators if request.for_operators else self._common).call(request)

    def close(self) -> None:
        """Close this thread's connections, and its scopes with them."""
        self._common.close()
        self._operators.close()


class Line:
    """Carries requests to the process behind one socket."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def call(self, request: Request) -> object:
        frames, scopes = self._frames(), self._scopes()
        if isinstance(request, Open | End) and scopes.get(request.scope, frames) is not frames:
            # The scope went with its connection. That is nobody's attempt, and is not recorded as refused.
            self._lose(request)
            return None
        if isinstance(request, End):
            scopes.pop(request.scope, None)
        answer = self._exchange(frames, request)
        if isinstance(request, Begin):
            scopes[cast(bytes, answer)] = frames
        return answer

    def _lose(self, request: Open | End) -> None:
        if isinstance(request, Open):
            raise _away()
        del self._scopes()[request.scope]

    def _exchange(self, frames: Frames, request: Request) -> object:
        try:
            frames.send(wire.encode(request))
            if request.one_way:
                return None
            answer = wire.answer_of(frames.receive())
            if isinstance(answer, Result):
                return msgspec.convert(answer.value, request.answer)
        except (OSError, Closed, ValueError):
            self.close()
            raise _away() from None
        raise answer.error()

    def close(self) -> None:
        """Close this thread's connection, and its scopes with it."""
        frames: Frames | None = getattr(self._local, "frames", None)
        if frames:
            frames.connection.close()
        self._local.frames = None

    def _scopes(self) -> dict[bytes, Frames]:
        """Return this thread's open scopes with the connection that each began on."""
        scopes: dict[bytes, Frames] = vars(self._local).setdefault("scopes", {})
        return scopes

    def _frames(self) -> Frames:
        frames: Frames | None = getattr(self._local, "frames", None)
        # A forked child must not talk over its parent's connection. Of a live one nothing can be read between requests.
        if frames and self._local.pid == os.getpid() and not frames.has_more(0):
            return frames
        self.close()
        fresh = Frames(_connect(self._path))
        self._local.frames, self._local.pid = fresh, os.getpid()
        return fresh


def _connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_CONNECT_PATIENCE)
        connection.connect(str(path))
        connection.settimeout(_PATIENCE)
    except PermissionError:
        connection.close()
        raise VaultError("not-admitted", f"{path} is not for the user of this process.") from None
    except OSError:
        connection.close()
        raise _away() from None
    return connection


def _away() -> VaultError:
    return VaultError("unsealer-away", "The unsealer does not answer now.", permanent=False)
