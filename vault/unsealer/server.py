"""The unsealer's process: a socket that only its owner (or group) may open, one for operators, one thread a caller.

A group is never let in by the operators' socket: who serves customers can't destroy what is theirs.

It checks its roots and its database before it listens, so who can connect finds it ready.
"""

import logging
import os
import selectors
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import cast

from django.db import connections

from vault.errors import VaultError
from vault.keyring import Keyring
from vault.unsealer import wire
from vault.unsealer.dispatch import answer
from vault.unsealer.messages import Check, CloseExpired, SignCheckpoint
from vault.unsealer.recorder import Recorder
from vault.unsealer.session import Session
from vault.unsealer.sockets import operators_socket
from vault.unsealer.ticker import Ticker
from vault.unsealer.wire import Closed, Failure, Frames, Result

log = logging.getLogger(__name__)

_IDLE = 5000  # milliseconds until a silent caller's thread lets go of its database connection
_BACKLOG = 128
_PAUSE = 0.2  # seconds between two looks at whether to stop
_CROWDED = 0.2  # seconds until it is tried again when the system has no room for a caller


class Server:
    def __init__(self, path: Path, keyring: Keyring, *, group: str = "") -> None:
        self._path, self._keyring, self._group = path, keyring, group
        self._recorder = Recorder()
        self._stopping = threading.Event()

    def serve(self) -> None:
        """Answer callers until `stop`."""
        session = self._session()
        answer(session, Check())
        connections.close_all()  # this thread only lets callers in from here on
        ticker = Ticker(lambda: answer(session, SignCheckpoint()), lambda: answer(session, CloseExpired()))
        with ExitStack() as held, selectors.DefaultSelector() as selector:
            # The operators' first: who finds the one for everybody finds both.
            for path, group, operator in (operators_socket(self._path), "", True), (self._path, self._group, False):
                listener = held.enter_context(_listening(path, group))
                selector.register(listener, selectors.EVENT_READ, operator)
            ticker.start()
            while not self._stopping.is_set():
                for key, _ in selector.select(_PAUSE):
                    self._admit(cast(socket.socket, key.fileobj), operator=key.data)
        ticker.stop()

    def stop(self) -> None:
        self._stopping.set()

    def _admit(self, listener: socket.socket, *, operator: bool) -> None:
        """Attend to the next caller. One too many is turned away, or waits, and ends nobody else's service."""
        try:
            connection, _ = listener.accept()
        except OSError as error:
            log.error("unsealer: no further caller fits: %s", error.strerror)
            self._stopping.wait(_CROWDED)
            return
        try:
            threading.Thread(target=self._attend, args=(connection, operator), daemon=True).start()
        except RuntimeError:
            log.error("unsealer: no further caller fits: no thread")
            connection.close()

    def _session(self, *, operator: bool = False) -> Session:
        return Session(self._keyring, self._recorder.append, operator=operator)

    def _attend(self, connection: socket.socket, operator: bool) -> None:
        session, frames = self._session(operator=operator), Frames(connection)
        with connection, suppress(Closed, ValueError, OSError):
            while not self._stopping.is_set():
                if not frames.has_more(_IDLE):
                    connections.close_all()
                if reply := self._answer(session, frames.receive()):
                    _send(frames, reply)
        connections.close_all()

    def _answer(self, session: Session, body: bytearray) -> bytearray | None:
        try:
            request = wire.request_of(body)
            result = answer(session, request)
            return None if request.one_way else wire.encode(Result(result))
        except VaultError as error:
            if error.permanent:
                log.warning("unsealer: refused: %s", error.code)
            else:
                connections.close_all()  # one of them may be dead; the next request connects anew
            return wire.encode(Failure.of(error))
        except Exception as error:  # whatever it is, the caller gets nothing and the next one is served
            log.error("unsealer: unexpected %s", type(error).__name__)
            return wire.encode(Failure("failed", "The unsealer could not answer.", permanent=True))


def _send(frames: Frames, reply: bytearray) -> None:
    try:
        frames.send(reply)
    except VaultError as error:
        frames.send(wire.encode(Failure.of(error)))


@contextmanager
def _listening(path: Path, group: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listener:
        listen(listener, path, group)
        listener.settimeout(_PAUSE)  # a caller may be gone before it is let in
        yield listener
    path.unlink(missing_ok=True)


def listen(listener: socket.socket, path: Path, group: str) -> None:
    """Bind to a path that others may not open; a socket that a dead process left there is replaced."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(path))
        raise VaultError("already-running", f"Another unsealer listens on {path}.")
    path.unlink(missing_ok=True)
    mask = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(mask)
    if group:
        shutil.chown(path, group=group)
        path.chmod(0o660)
    listener.listen(_BACKLOG)
