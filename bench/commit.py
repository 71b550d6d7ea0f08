"""A bare durable commit: what nothing that promises to keep something can be faster than."""

import sqlite3
from collections.abc import Callable
from pathlib import Path


def bare_commit(path: Path) -> Callable[[], None]:
    """Return a durable commit of one row of a leaf's size, with the pragmas of the settings."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("CREATE TABLE leaf (position INTEGER PRIMARY KEY, body BLOB)")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO leaf (body) VALUES (zeroblob(400))")
        connection.execute("COMMIT")

    return commit
