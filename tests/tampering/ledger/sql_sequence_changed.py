from typing import Any

TITLE = "the number of a leaf in its chain is changed"
GUARDED = "UPDATE ledger_leaf SET sequence = 99 WHERE position = 2"
AUDIT = "Leaf 2 is not what its hash says"
CODE = 1
REASON = "entry 2 is missing"


def tamper_sql(cursor: Any) -> None:
    cursor.execute("UPDATE ledger_leaf SET sequence = 99 WHERE position = 2")
