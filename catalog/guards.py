"""The database itself keeps the price book: no version is changed or deleted, and each begins after the former one."""

from typing import Any

from ledger import guards

PRICES = "catalog_price"
_SAME = "model_id = NEW.model_id AND version = NEW.version"
_LATER = f"""EXISTS (
        SELECT 1 FROM {PRICES} WHERE model_id = NEW.model_id
        AND (version >= NEW.version OR effective_from >= NEW.effective_from))"""  # noqa: S608
_SQLITE = f"""
    CREATE TRIGGER {PRICES}_in_order BEFORE INSERT ON {PRICES} WHEN {_LATER}
    BEGIN SELECT RAISE(ABORT, '{PRICES} is in order'); END"""
_POSTGRES = (
    f"""
    CREATE FUNCTION {PRICES}_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_LATER} THEN RAISE EXCEPTION '{PRICES} is in order' USING ERRCODE = 'check_violation'; END IF;
        RETURN NEW;
    END $$""",
    f"CREATE TRIGGER {PRICES}_in_order BEFORE INSERT ON {PRICES} FOR EACH ROW EXECUTE FUNCTION {PRICES}_in_order()",
)


def install(schema_editor: Any) -> None:
    """Guard the price book."""
    guards.make_append_only(schema_editor, PRICES, same=_SAME)
    for statement in (_SQLITE,) if schema_editor.connection.vendor == "sqlite" else _POSTGRES:
        schema_editor.execute(statement)
