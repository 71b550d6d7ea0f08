"""The database itself refuses to change what is recorded, whoever asks: triggers on both engines.

Bodies of leaves may be deleted, never changed, and only those of a tenant that has an `Erasure`.
SQLite asks no trigger about the rows that INSERT OR REPLACE puts out, so there a third one refuses the insert.
Other rooms guard tables of theirs with `make_append_only`. A later migration that rebuilds such a table on SQLite, as a
new column with a constraint does, drops its triggers and has to install them again.
"""

from collections.abc import Mapping
from typing import Any

CONSOLE_TABLES = ("ledger_auditevent",)
VAULT_TABLES = ("ledger_leaf", "ledger_leafbody", "ledger_checkpoint", "ledger_subtree", "ledger_erasure")
_BODIES = "ledger_leafbody"
_ERASED = "EXISTS (SELECT 1 FROM ledger_erasure WHERE tenant = OLD.tenant) AND OLD.type <> 'destruction'"
_SQLITE = """
    CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} {condition}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
# A row that is there already: by what is unique in the table, and by SQLite's own number of the row.
_SQLITE_REPLACE = """
    CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid OR {same})
    BEGIN SELECT {answer}; END"""
_SAME = {
    "ledger_auditevent": "id = NEW.id",
    "ledger_leaf": "position = NEW.position OR (tenant = NEW.tenant AND sequence = NEW.sequence)",
    "ledger_leafbody": "position = NEW.position OR event = NEW.event",
    "ledger_checkpoint": "id = NEW.id",
    "ledger_subtree": 'id = NEW.id OR (level = NEW.level AND "index" = NEW."index")',
    "ledger_erasure": "tenant = NEW.tenant",
}
_WRITTEN_AGAIN = frozenset({"ledger_subtree", "ledger_erasure"})  # with OR IGNORE: the row that is there stays
_POSTGRES_FUNCTION = """
    CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {exception}
        RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'insufficient_privilege';
    END $$"""
_POSTGRES_ROW = """
    CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"""
_POSTGRES_TABLE = """
    CREATE TRIGGER {table}_guard_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"""


def make_append_only(schema_editor: Any, table: str, *, same: str) -> None:
    """Guard a table whole; `same` says, of a row that is there and NEW, when one would put out the other.

    On SQLite; that their numbers are the same is asked anyway.
    """
    install(schema_editor, (table,))
    forbid_replacing(schema_editor, (table,), same={table: same})


def install(schema_editor: Any, tables: tuple[str, ...]) -> None:
    """Make the tables append-only."""
    statements = _sqlite if schema_editor.connection.vendor == "sqlite" else _postgres
    for table in tables:
        for statement in statements(table):
            schema_editor.execute(statement)


def forbid_replacing(schema_editor: Any, tables: tuple[str, ...], *, same: Mapping[str, str] = _SAME) -> None:
    """Close the way around the triggers that only SQLite has."""
    if schema_editor.connection.vendor == "sqlite":
        for table in tables:
            answer = "RAISE(IGNORE)" if table in _WRITTEN_AGAIN else f"RAISE(ABORT, '{table} is append-only')"
            schema_editor.execute(_SQLITE_REPLACE.format(table=table, same=same[table], answer=answer))


def _sqlite(table: str) -> list[str]:
    unless = f"WHEN NOT ({_ERASED})" if table == _BODIES else ""
    verbs = (("UPDATE", ""), ("DELETE", unless))
    return [_SQLITE.format(table=table, verb=verb, condition=condition) for verb, condition in verbs]


def _postgres(table: str) -> list[str]:
    allowed = f"IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN IF {_ERASED} THEN RETURN OLD; END IF; END IF;"
    exception = allowed if table == _BODIES else ""
    return [
        part.format(table=table, exception=exception) for part in (_POSTGRES_FUNCTION, _POSTGRES_ROW, _POSTGRES_TABLE)
    ]
