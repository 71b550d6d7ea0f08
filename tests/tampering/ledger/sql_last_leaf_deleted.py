from typing import Any

TITLE = "the newest leaf is deleted"
GUARDED = "DELETE FROM ledger_leaf WHERE position = 11"
AUDIT = "counts 12 leaves"
CODE = None
REASON = ""


def tamper_sql(cursor: Any) -> None:
    cursor.execute("DELETE FROM ledger_leaf WHERE position = 11")
