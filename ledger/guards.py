"""The database itself refuses to change what is recorded, whoever asks: triggers on both engines.

Bodies of leaves may be deleted, never changed, and only those of a tenant that has an `Erasure`.
"""

from typing import Any

CONSOLE_TABLES = ("ledger_auditevent",)
VAULT_TABLES = ("ledger_leaf", "ledger_leafbody", "ledger_checkpoint", "ledger_subtree", "ledger_erasure")
_BODIES = "ledger_leafbody"
_ERASED = "EXISTS (SELECT 1 FROM ledger_erasure WHERE tenant = OLD.tenant) AND OLD.type <> 'destruction'"
_SQLITE = """
    CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} {condition}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
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


def install(schema_editor: Any, tables: tuple[str, ...]) -> None:
    """Make the tables append-only."""
    statements = _sqlite if schema_editor.connection.vendor == "sqlite" else _postgres
    for table in tables:
        for statement in statements(table):
            schema_editor.execute(statement)


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
