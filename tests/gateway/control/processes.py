"""A gateway in a process of its own, over SQLite, that can be killed and begun again."""

import contextlib
import copy
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.gateway.conftest import answers
from tests.gateway.fakes import eventually
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
_START = 60.0  # seconds, on a busy machine


class Installation:
    """Databases, keys, and a gateway on a port."""

    def __init__(self, var: Path, *, world: str = "tests.gateway.control.world", upstream: int = 9) -> None:
        foreign = {"DATABASE_URL", "CONTENT_DATABASE_URL", "VAULT_DATABASE_URL", "UNSEALER_SOCKET", "REDIS_URL"}
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        self._environment = {
            **kept,
            "ENVIRONMENT": "development",
            "SECRET_KEY": "a key for tests alone",
            "DJANGO_SETTINGS_MODULE": "llama_console.settings",
            "VAR_DIR": str(var),
            "PYTHONPATH": str(ROOT),
            "MODEL_UPSTREAM_URL": f"http://127.0.0.1:{upstream}/v1",
        }
        self.var, self.port = var, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._run("manage.py", "vault_init")
        self._run("manage.py", "migrate_all", "--verbosity", "0")
        self.keys: dict[str, str] = json.loads(self._run("-m", world).splitlines()[-1])
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["-m", "granian", "--interface", "rsgi", "--port", str(self.port), "--no-ws", "--log-level", "error"]
        with (self.var / "gateway.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *command, "gateway.app:application"],
                cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        eventually(lambda: answers(self.port), _START)

    def kill(self) -> None:
        """End the gateway and its workers with SIGKILL, at once."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        eventually(lambda: not answers(self.port), _START)

    def beside(self) -> "Installation":
        """Return another gateway of the same installation, on a port of its own."""
        other = copy.copy(self)
        other.port = free_port()
        other.url = f"http://127.0.0.1:{other.port}"
        return other

    def change(self, statement: str, *values: object) -> None:
        with contextlib.closing(sqlite3.connect(self.var / "console.sqlite3", timeout=20)) as database, database:
            database.execute(statement, values)

    def query(self, statement: str) -> list[tuple[object, ...]]:
        source = f"file:{self.var}/console.sqlite3?mode=ro"
        with contextlib.closing(sqlite3.connect(source, uri=True, timeout=20)) as database:
            return database.execute(statement).fetchall()

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
