from typing import Any

TITLE = "a leaf is deleted"
GUARDED = "DELETE FROM ledger_leaf WHERE position = 2"
AUDIT = "Leaf 2 is missing"
CODE = None
REASON = ""


def tamper_sql(cursor: Any) -> None:
    cursor.execute("DELETE FROM ledger_leaf WHERE position = 2")
