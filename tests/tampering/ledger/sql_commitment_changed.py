from typing import Any

TITLE = "a commitment is changed"
GUARDED = "UPDATE ledger_leaf SET commitment = previous WHERE position = 2"
AUDIT = "Leaf 2 is not what its hash says"
CODE = 0
REASON = "VERIFIED"


def tamper_sql(cursor: Any) -> None:
    cursor.execute("UPDATE ledger_leaf SET commitment = previous WHERE position = 2")
