"""A process that spools without pause until it is killed: run by test_spool_kill.

Prints the id of each call once its record is safe, and records calls in SQLite as the real rooms do:
the event and its sum in one transaction, once an id. With "drain" it only empties what was left.
"""

import sqlite3
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import django

django.setup()  # fakes.py needs the apps

from gateway.spool import Spool
from gateway.writer import Writer
from tests.gateway.calls import call
from tests.gateway.fakes import MemoryRooms
from usage.calls import Call


class SqliteRooms(MemoryRooms):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY)")
        self._database.execute("CREATE TABLE IF NOT EXISTS rollup (day TEXT PRIMARY KEY, requests INTEGER)")

    def record_calls(self, calls: Sequence[Call]) -> int:
        database = self._database
        database.execute("BEGIN IMMEDIATE")
        new = sum(database.execute("INSERT OR IGNORE INTO event VALUES (?)", [str(call.id)]).rowcount for call in calls)
        database.execute(
            "INSERT INTO rollup VALUES ('today', ?) ON CONFLICT (day) DO UPDATE SET requests = requests + ?", [new, new]
        )
        database.execute("COMMIT")
        return new


def main(directory: Path, drain: bool) -> None:
    writer = Writer(Spool(directory / "spool", segment_size=20_000), SqliteRooms(directory / "db.sqlite3"), pause=0.002)
    writer.start()
    if drain:
        writer.stop(10)
        return
    threading.Timer(20, sys.exit).start()
    while True:
        spooled = call()
        writer.record(spooled)
        sys.stdout.write(f"{spooled.id}\n")
        sys.stdout.flush()
        time.sleep(0.0002)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] == "drain")
