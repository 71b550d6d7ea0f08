"""Unsealers that run: as the real process over the databases of the test run, or as a thread of it."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connections

from ledger.ids import new_id
from tests.gateway.fakes import eventually
from tests.support.mortal import mortal
from vault.keyring import Keyring
from vault.roots import roots
from vault.unsealer import Unsealer
from vault.unsealer.messages import Opening, Value
from vault.unsealer.server import Server
from vault.unsealer.socket_client import Socket

EMAIL = "accounts.User.email"


def value(data: bytes, tenant: UUID | None = None) -> Value:
    """Return a value of a person's address; the tenant of a person is the person."""
    tenant = tenant or new_id()
    return Value(EMAIL, tenant, tenant, data)


def sealed(unsealer: Unsealer, data: bytes = b'"zoe@example.com"') -> Value:
    plain = value(data)
    (record,) = unsealer.seal([plain])
    return Value(EMAIL, plain.pk, plain.tenant, record)


def own(*values: Value) -> Opening:
    """Return the opening of somebody's own values."""
    tenant = values[0].tenant
    return Opening("own-account", f"user:{tenant}", tenant, [EMAIL], [each.pk for each in values])


def short_folder() -> Path:
    """Return a folder whose name leaves room for a socket's in 108 bytes."""
    return Path(tempfile.mkdtemp(prefix="unsealer-", dir="/tmp"))


class Process:
    """`manage.py unsealer`, as `make run` starts it; it ends with this process."""

    def __init__(self, socket: Path, **more: str) -> None:
        self.socket, self._more = socket, more
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> "Process":
        command = mortal(sys.executable, "manage.py", "unsealer")
        self._process = subprocess.Popen(
            command, env=environment(self.socket, self._more), stderr=subprocess.PIPE, text=True, cwd=settings.BASE_DIR
        )
        return self

    def ready(self) -> "Process":
        eventually(self.listens, patience=30)
        return self

    def listens(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self._process.communicate()[1]
        return self.socket.is_socket() and answers(self.socket)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def fails(self) -> tuple[int, str]:
        """Return exit code and last line of one that does not start."""
        assert self._process
        _, said = self._process.communicate(timeout=30)
        return self._process.returncode, said.strip().splitlines()[-1]

    def _end(self, number: signal.Signals) -> int:
        assert self._process
        self._process.send_signal(number)
        self._process.communicate(timeout=20)
        return self._process.returncode


def answers(path: Path) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def environment(socket: Path, more: Mapping[str, str]) -> dict[str, str]:
    world = {"DJANGO_SETTINGS_MODULE": "llama_console.settings", "UNSEALER_SOCKET": str(socket)}
    world |= {"ROOT_KEYS_FILE": str(settings.ROOT_KEYS_FILE), "APPROVERS_FILE": str(settings.APPROVERS_FILE)}
    names = {"default": "DATABASE_URL", "content": "CONTENT_DATABASE_URL", "vault": "VAULT_DATABASE_URL"}
    return {**os.environ, **world, **{variable: _url(alias) for alias, variable in names.items()}, **more}


def _url(alias: str) -> str:
    config = connections[alias].settings_dict
    if connections[alias].vendor == "sqlite":
        return f"sqlite:///{config['NAME']}"
    return f"postgresql://{config['USER']}@{config['HOST']}/{config['NAME']}"


class Thread:
    """A server in a thread of this process."""

    def __init__(self, socket: Path, group: str = "") -> None:
        self.socket = socket
        self.server = Server(socket, Keyring(roots()), group=group)
        self._thread = threading.Thread(target=self.server.serve, daemon=True)

    def start(self) -> "Thread":
        self._thread.start()
        eventually(lambda: self.socket.is_socket() and answers(self.socket))
        return self

    def stop(self) -> None:
        self.server.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def client(self) -> Unsealer:
        return Unsealer(Socket(self.socket))
