from typing import Any

TITLE = "the time of a leaf is changed"
GUARDED = "UPDATE ledger_leaf SET at = 1 WHERE position = 2"
AUDIT = "Leaf 2 is older than the leaf before"
CODE = 1
REASON = "not what its hash says"


def tamper_sql(cursor: Any) -> None:
    cursor.execute("UPDATE ledger_leaf SET at = 1 WHERE position = 2")
