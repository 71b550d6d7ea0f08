"""The database itself keeps the journal straight, whoever writes to it: triggers on both engines.

Postings come first and their transaction last, so that one trigger sees all of them: it refuses a transaction that
does not sum to zero. Postings to one that is sealed, and any change, are refused as well. Postings that nothing seals
fail with their deferred foreign key. Of a closed invoice only what may still happen to it can change.
"""

from typing import Any

from ledger.guards import make_append_only

# What is never changed, and when a new row would put out one that is there (SQLite's INSERT OR REPLACE).
_APPEND_ONLY = {
    "billing_transaction": "id = NEW.id OR key = NEW.key"
    " OR (organization_id = NEW.organization_id AND number = NEW.number)",
    "billing_posting": "id = NEW.id OR (transaction_id = NEW.transaction_id AND account = NEW.account)",
    "billing_draw": "id = NEW.id",
}
_UNBALANCED = "SELECT COUNT(*) < 2 OR SUM(amount) <> 0 FROM billing_posting WHERE transaction_id = NEW.id"
_SEALED = "EXISTS (SELECT 1 FROM billing_transaction WHERE id = NEW.transaction_id)"
# What a closed invoice says never changes; nor does it become a draft again.
_SAID = ("organization_id", "number", "start", "end", "mode", "closed_at", "total", "due", "snapshot", "hash")
_REWRITTEN = " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in _SAID)
_INVOICE = f"OLD.status <> 'draft' AND (NEW.status = 'draft' OR {_REWRITTEN})"
_PUT_OUT = (
    "EXISTS (SELECT 1 FROM billing_invoice WHERE status <> 'draft' AND (id = NEW.id"
    ' OR (organization_id = NEW.organization_id AND (number = NEW.number OR "end" = NEW."end"))))'
)
_LINE_OF_CLOSED = "EXISTS (SELECT 1 FROM billing_invoice WHERE id = {row}.invoice_id AND status <> 'draft')"

_SQLITE = """
    CREATE TRIGGER {table}_rule_{verb} BEFORE {verb} ON {table} WHEN {refused}
    BEGIN SELECT RAISE(ABORT, '{sentence}'); END"""
_POSTGRES = (
    """
    CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {refused} THEN
            RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN {row};
    END $$""",
    "CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
)


def install(schema_editor: Any) -> None:
    """Install the rules of the journal and of closed invoices."""
    for table, same in _APPEND_ONLY.items():
        make_append_only(schema_editor, table, same=same)
    rules = [
        ("billing_transaction", "INSERT", f"({_UNBALANCED})", "a transaction sums to zero"),
        ("billing_posting", "INSERT", _SEALED, "the transaction is sealed"),
        ("billing_invoice", "INSERT", _PUT_OUT, "a closed invoice stays"),
        ("billing_invoice", "UPDATE", _INVOICE, "a closed invoice does not change"),
        ("billing_invoice", "DELETE", "OLD.status <> 'draft'", "a closed invoice stays"),
        ("billing_invoiceline", "INSERT", _LINE_OF_CLOSED.format(row="NEW"), "a closed invoice does not change"),
        ("billing_invoiceline", "UPDATE", _LINE_OF_CLOSED.format(row="OLD"), "a closed invoice does not change"),
        ("billing_invoiceline", "DELETE", _LINE_OF_CLOSED.format(row="OLD"), "a closed invoice does not change"),
    ]
    write = _sqlite if schema_editor.connection.vendor == "sqlite" else _postgres
    for table, verb, refused, sentence in rules:
        for statement in write(table, verb, refused, sentence):
            schema_editor.execute(statement)


def _sqlite(table: str, verb: str, refused: str, sentence: str) -> list[str]:
    refused = refused.replace("IS DISTINCT FROM", "IS NOT")
    return [_SQLITE.format(table=table, verb=verb, refused=refused, sentence=sentence)]


def _postgres(table: str, verb: str, refused: str, sentence: str) -> list[str]:
    name, row = f"{table}_rule_{verb.lower()}", "OLD" if verb == "DELETE" else "NEW"
    return [
        part.format(name=name, table=table, verb=verb, refused=refused, sentence=sentence, row=row)
        for part in _POSTGRES
    ]
