"""Postfix, as Debian packages it, in a folder of its own: takes mails into its queue on disk and throws them away.

It needs root, as Postfix does; where either is missing there is nothing to measure.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_SETTINGS = {
    "compatibility_level": "3.6",
    "myhostname": "localhost",
    "mydestination": "",
    "relay_domains": "",
    "inet_interfaces": "127.0.0.1",
    "inet_protocols": "ipv4",
    "mynetworks": "127.0.0.0/8",
    "smtpd_relay_restrictions": "permit_mynetworks, reject",
    "smtpd_peername_lookup": "no",
    "smtpd_client_connection_rate_limit": "0",
    "default_transport": "discard:",
    "maximal_queue_lifetime": "0",
}
# Name, type and program of each service; all run without a changed root.
_SERVICES = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
discard unix - - n - - discard
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


def is_here() -> bool:
    return os.geteuid() == 0 and shutil.which("postfix", path=_path()) is not None


class Postfix:
    """A server that runs. What it took is counted in its log, to a poll's time."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self._log = port, log
        self.forget()

    def forget(self) -> None:
        """Count from zero."""
        self._from = self._log.stat().st_size if self._log.exists() else 0
        self._count, self._last = 0, 0.0

    def count(self) -> int:
        with self._log.open("rb") as log:
            log.seek(self._from)
            count = log.read().count(b" message-id=")
        if count > self._count:
            self._count, self._last = count, time.monotonic()
        return count

    def last(self) -> float:
        """Return when `count` last grew, in monotonic seconds."""
        return self._last


@contextmanager
def postfix() -> Iterator[Postfix]:
    """Yield a server that runs meanwhile."""
    with TemporaryDirectory(prefix="llama-console-postfix-") as name:
        folder, port = Path(name), _free_port()
        _write(folder, port)
        _run(folder, "start")
        try:
            yield Postfix(port, folder / "log")
        finally:
            _run(folder, "stop")


def _write(folder: Path, port: int) -> None:
    folder.chmod(0o755)  # its services run as their own user
    for part in ("etc", "queue", "data"):
        (folder / part).mkdir()
    shutil.chown(folder / "data", "postfix")
    places = {
        "queue_directory": folder / "queue",
        "data_directory": folder / "data",
        "maillog_file": folder / "log",
        "maillog_file_prefixes": folder,
    }
    settings = "".join(f"{name} = {value}\n" for name, value in (_SETTINGS | places).items())
    (folder / "etc" / "main.cf").write_text(settings)
    (folder / "etc" / "master.cf").write_text(_SERVICES.format(port=port).lstrip())


def _run(folder: Path, verb: str) -> None:
    command = ("postfix", "-c", str(folder / "etc"), verb)
    subprocess.run(command, env={**os.environ, "PATH": _path()}, check=True, capture_output=True)


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
