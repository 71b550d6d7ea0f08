"""The unsealer's process: one socket that only its owner (or group) may open, one thread a caller.

It checks its roots and its database before it listens, so who can connect finds it ready.
"""

import logging
import os
import shutil
import socket
import threading
from contextlib import suppress
from pathlib import Path

from django.db import connections

from vault.errors import VaultError
from vault.keyring import Keyring
from vault.unsealer import wire
from vault.unsealer.dispatch import answer
from vault.unsealer.messages import Check, SignCheckpoint
from vault.unsealer.recorder import Recorder
from vault.unsealer.session import Session
from vault.unsealer.ticker import Ticker
from vault.unsealer.wire import Closed, Failure, Result

log = logging.getLogger(__name__)

_IDLE = 5.0  # seconds until a silent caller's thread lets go of its database connection
_BACKLOG = 128


class Server:
    def __init__(self, path: Path, keyring: Keyring, *, group: str = "") -> None:
        self._path, self._keyring, self._group = path, keyring, group
        self._recorder = Recorder()
        self._stopping = threading.Event()

    def serve(self) -> None:
        """Answer callers until `stop`."""
        session = self._session()
        answer(session, Check())
        ticker = Ticker(lambda: answer(session, SignCheckpoint()))
        with socket.socket(socket.AF_UNIX) as listener:
            listen(listener, self._path, self._group)
            listener.settimeout(0.2)
            ticker.start()
            while not self._stopping.is_set():
                with suppress(TimeoutError):
                    connection, _ = listener.accept()
                    threading.Thread(target=self._attend, args=(connection,), daemon=True).start()
        self._path.unlink(missing_ok=True)
        ticker.stop()
        self._recorder.stop()

    def stop(self) -> None:
        self._stopping.set()

    def _session(self) -> Session:
        return Session(self._keyring, self._recorder.append)

    def _attend(self, connection: socket.socket) -> None:
        session = self._session()
        with connection, suppress(Closed, ValueError, OSError):
            while not self._stopping.is_set():
                wait_for_more(connection)
                answered = self._answer(session, wire.receive(connection))
                try:
                    wire.send(connection, answered)
                except VaultError as error:
                    wire.send(connection, wire.encode(Failure.of(error)))
        connections.close_all()

    def _answer(self, session: Session, frame: bytes) -> bytes:
        try:
            return wire.encode(Result(answer(session, wire.request_of(frame))))
        except VaultError as error:
            if error.permanent:
                log.warning("unsealer: refused: %s", error.code)
            else:
                connections.close_all()  # one of them may be dead; the next request connects anew
            return wire.encode(Failure.of(error))
        except Exception as error:  # whatever it is, the caller gets nothing and the next one is served
            log.error("unsealer: unexpected %s", type(error).__name__)
            return wire.encode(Failure("failed", "The unsealer could not answer.", permanent=True))


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


def wait_for_more(connection: socket.socket) -> None:
    """Wait for the next request; after a while without one, without a database connection."""
    connection.settimeout(_IDLE)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        connections.close_all()
    connection.settimeout(None)
