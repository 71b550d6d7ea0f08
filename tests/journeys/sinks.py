"""Every place where a running installation writes, with a positive control in each.

A control is a mark that has to be found where it was planted, by the same search that must find no canary. It gets
there through the sink's own writer wherever that has one.
"""

import json
import secrets
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.journeys.conftest import Stack, wait_for
from tests.support.canaries import scan

DATABASES = ("console", "content", "vault")
SINKS = {
    **{f"{name} database": f"{name}.sqlite3" for name in DATABASES},
    **{f"{name} write-ahead log": f"{name}.sqlite3-wal" for name in DATABASES},
    "sessions": "console.sqlite3",
    "broker queue": "broker/queue/*",
    "broker control": "broker/control/*",
    "spool": "spool/*",
    "log": "run.log",
    "static files": "static/**/*",
    "fonts": "fonts/**/*",
}

_PLANT = """
import json
from django.conf import settings
from accounts.session_store import SessionStore
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from gateway.segment import Segment
from gateway.spool import Spool
from kombu import Exchange, Queue
from ledger.ids import new_id
from llama_console.celery import app
from vault.models import Grant

marks, var = json.loads({marks!r}), settings.VAR_DIR
MigrationRecorder(connections["default"]).record_applied("leaks", marks["console database"])
MigrationRecorder(connections["content"]).record_applied("leaks", marks["content database"])
Grant.objects.create(purpose="support-request", tenant=new_id(), fields=[], subjects=[], maximum=1,
                     case=marks["vault database"], requester="staff:control")
session = SessionStore()
session["control"] = marks["sessions"]
session.create()
lost = marks["broker control"]
app.send_task("leaks.control", args=[marks["broker queue"]], queue=Queue(lost, Exchange(lost), routing_key=lost))
settings.SPOOL_DIR.mkdir(exist_ok=True)
segment = Segment.create(settings.SPOOL_DIR / "control.log")
Spool(settings.SPOOL_DIR).set_aside(segment, [marks["spool"].encode()])
segment.remove()
(var / "static" / "control.txt").write_text(marks["static files"])
(var / "fonts" / "control.txt").write_text(marks["fonts"])
"""


def files(stack: Stack) -> list[Path]:
    """Return everything that the installation wrote, save the sign-in that it gives to its developer."""
    return [path for path in stack.var.rglob("*") if path.is_file() and path.name != "demo.json"]


@contextmanager
def planted(stack: Stack) -> Iterator[dict[str, str]]:
    """Plant a control in each sink; inside, the write-ahead logs stay. Yields the controls by sink."""
    marks = {sink: f"control{secrets.token_hex(8)}" for sink in SINKS}
    marks |= {f"{name} write-ahead log": marks[f"{name} database"] for name in DATABASES}
    with _held(stack.var / "console.sqlite3"), _held(stack.var / "content.sqlite3"), _held(stack.var / "vault.sqlite3"):
        stack.manage("shell", "-v", "0", "-c", _PLANT.format(marks=json.dumps(marks)))
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{stack.console}/nothing/{marks['log']}", timeout=60)
        wait_for(lambda: marks["log"] in stack.log.read_text())
        with ExitStack() as readers:
            for database in (stack.var / f"{name}.sqlite3" for name in DATABASES):
                readers.enter_context(_read(database))
                _copy_log_into(database)
            yield marks


def missed(stack: Stack, marks: dict[str, str]) -> list[str]:
    """Return the sinks in which the search does not find their control."""
    return [
        sink
        for sink, pattern in SINKS.items()
        if not scan([path for path in stack.var.glob(pattern) if path.is_file()], {sink: marks[sink]})
    ]


@contextmanager
def _held(database: Path) -> Iterator[None]:
    """Keep a database open: whoever closes it last empties its log."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield


@contextmanager
def _read(database: Path) -> Iterator[None]:
    """Read a database as it is now: until then no writer begins its log anew, over the control."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield


def _copy_log_into(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
