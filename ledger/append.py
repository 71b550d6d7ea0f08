"""Appending to the log: no record, no opening.

All entries of a call are committed in one transaction of the vault database, or none is. The lock is the one row
of `Log`: it makes positions gapless and keeps times from going back when the clock does. SQL on the driver's own cursor
instead of the ORM, because every opening of sealed data waits for it.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, connections, transaction

from ledger.cells import as_bytes, as_number
from ledger.errors import LedgerError
from ledger.leaves import NO_HASH, SALT_SIZE, Entry, Header, commit
from ledger.pen import Pen

DATABASE = "vault"
_LOCK = """
    INSERT INTO ledger_log (id, size, at) VALUES (1, %s, %s)
    ON CONFLICT (id) DO UPDATE SET size = ledger_log.size + excluded.size,
    at = CASE WHEN excluded.at > ledger_log.at THEN excluded.at ELSE ledger_log.at END
    RETURNING size, at"""
_HEAD = """
    SELECT head.sequence, head.hash, leaf.hash FROM ledger_head head
    LEFT JOIN ledger_leaf leaf ON leaf.tenant = head.tenant AND leaf.sequence = head.sequence
    WHERE head.tenant = %s"""
_LEAF = """
    INSERT INTO ledger_leaf (position, tenant, sequence, at, previous, commitment, hash, mark)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""
_BODY = """
    INSERT INTO ledger_leafbody (position, tenant, type, purpose, actor, "grant", event, salt, text)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_MOVE_HEAD = """
    INSERT INTO ledger_head (tenant, sequence, hash) VALUES (%s, %s, %s)
    ON CONFLICT (tenant) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash"""


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a leaf went. `at` is in microseconds since 1970."""

    position: int
    sequence: int
    at: int
    hash: bytes


def append_leaf(entry: Entry, *, pen: Pen) -> Appended:
    """Commit one leaf; LedgerError if it could not be recorded."""
    return append_leaves([entry], pen=pen)[0]


def append_leaves(entries: Sequence[Entry], *, pen: Pen, check: Callable[[], None] | None = None) -> list[Appended]:
    """Commit leaves in this order and return where they went; LedgerError if they could not be recorded.

    `check` is called while nobody else can append; what it raises leaves the log as it was.

    The transaction is durable: inside another one on the vault database this raises RuntimeError, because the
    leaves could then vanish with it. An entry whose event has a leaf already is IntegrityError.
    """
    try:
        with transaction.atomic(using=DATABASE, durable=True), connections[DATABASE].wrap_database_errors:
            appended = _append(Driver(connections[DATABASE]), entries, pen, check)
        if appended:
            pen.remember(appended[-1].position, appended[-1].hash)
        return appended
    except IntegrityError:
        raise
    except DatabaseError as error:
        raise LedgerError(
            "not-recorded", f"The ledger took no entry ({type(error).__name__}).", permanent=False
        ) from None


class Driver:
    """A cursor of the database's driver: what Django's adds takes longer than the statements."""

    def __init__(self, connection: Any) -> None:
        self._cursor = connection.connection.cursor()
        self._mark = "?" if connection.vendor == "sqlite" else "%s"

    def execute(self, statement: str, values: Sequence[object]) -> None:
        self._cursor.execute(statement.replace("%s", self._mark), values)

    def row(self) -> Any:
        """Return the first row of the answer, or None."""
        return self._cursor.fetchone()


def adapt(value: UUID | None) -> object:
    """Return an id as the vault database stores it."""
    native = connections[DATABASE].features.has_native_uuid_field
    return value if native or value is None else value.hex


def _append(driver: Driver, entries: Sequence[Entry], pen: Pen, check: Callable[[], None] | None) -> list[Appended]:
    driver.execute(_LOCK, [len(entries), time.time_ns() // 1000])
    size, at = map(as_number, driver.row())
    if check:
        check()
    heads = {tenant: _head(driver, tenant) for tenant in {entry.tenant for entry in entries}}
    appended = []
    for position, entry in enumerate(entries, start=size - len(entries)):
        sequence, previous = heads[entry.tenant]
        salt, body = os.urandom(SALT_SIZE), entry.body()
        header = Header(position, entry.tenant, sequence + 1, at, previous, commit(salt, body))
        leaf_hash = header.hash()
        tenant = adapt(entry.tenant)
        hashes = previous, header.commitment, leaf_hash, pen.mark(leaf_hash)
        driver.execute(_LEAF, [position, tenant, sequence + 1, at, *hashes])
        ids = [adapt(entry.grant), adapt(entry.event)]
        driver.execute(_BODY, [position, tenant, entry.type.value, entry.purpose, entry.actor, *ids, salt, body])
        heads[entry.tenant] = sequence + 1, leaf_hash
        appended.append(Appended(position, sequence + 1, at, leaf_hash))
    _move(driver, heads.items())
    return appended


def _head(driver: Driver, tenant: UUID) -> tuple[int, bytes]:
    driver.execute(_HEAD, [adapt(tenant)])
    row = driver.row()
    if row is None:
        return 0, NO_HASH
    sequence, head, last = row
    if last is None or as_bytes(last) != as_bytes(head):
        raise LedgerError("tampered", "A chain does not end where its head says.", permanent=True)
    return as_number(sequence), bytes(head)


def _move(driver: Driver, heads: Iterable[tuple[UUID, tuple[int, bytes]]]) -> None:
    for tenant, (sequence, head) in heads:
        driver.execute(_MOVE_HEAD, [adapt(tenant), sequence, head])
