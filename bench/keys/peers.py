"""Who stands beside our key verification: the bare server, and Django REST framework with HasAPIKey on PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.servers.server import ROOT, Server, free_port, running
from bench.servers.venvs import NoPeer, folder_of

POSTGRES = os.environ.get("BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
_NAME = "llama_console_bench_keys"
_GRANIAN = ("--workers", "1", "--host", "127.0.0.1", "--no-access-log", "--log-level", "warning")


@contextmanager
def bare(folder: Path, core: int) -> Iterator[Server]:
    """Run the bare server."""
    port = free_port()
    options = ("--interface", "rsgi", "--loop", "uvloop", "--port", str(port), "bench.keys.bare:application")
    command = (sys.executable, "-m", "granian", *_GRANIAN, *options)
    with running(command, name="bare", port=port, path="/", folder=folder, core=core) as server:
        yield server


@contextmanager
def django(folder: Path, core: int) -> Iterator[Server]:
    """Run the peer over a database of its own, which is dropped afterwards. Raises NoPeer."""
    installed = folder_of("drf") / "bin"
    with _database() as url:
        environ = {"PEER_DATABASE_URL": url, "PYTHONPATH": str(ROOT / "bench" / "keys")}
        program = str(ROOT / "bench" / "keys" / "django_peer.py")
        made = subprocess.run(
            [str(installed / "python"), program], env={**os.environ, **environ}, capture_output=True, text=True
        )
        if made.returncode:
            raise NoPeer(made.stderr.strip()[-500:])
        port = free_port()
        command = (str(installed / "granian"), *_GRANIAN, "--interface", "wsgi", "--port", str(port))
        options = {"name": "django", "port": port, "path": "/verify", "folder": folder, "core": core}
        key = {"authorization": f"Api-Key {made.stdout.strip()}", "environ": environ}
        with running((*command, "django_peer:application"), **options, **key) as server:
            yield server


@contextmanager
def _database() -> Iterator[str]:
    import psycopg

    try:
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {_NAME}")
            try:
                yield f"{POSTGRES}/{_NAME}"
            finally:
                connection.execute(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
    except psycopg.OperationalError as error:
        raise NoPeer(f"PostgreSQL (BENCH_POSTGRES): {error}") from None
