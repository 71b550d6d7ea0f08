from typing import Any

TITLE = "a body without a leaf is added"
GUARDED = None
AUDIT = "Body 99 has no leaf"
CODE = 0
REASON = "VERIFIED"


def tamper_sql(cursor: Any) -> None:
    columns = "tenant, type, purpose, actor, salt, text"
    copied = f"SELECT 99, {columns} FROM ledger_leafbody WHERE position = 2"
    cursor.execute(f"INSERT INTO ledger_leafbody (position, {columns}) {copied}")
